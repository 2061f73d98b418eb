"""Static files: addresses that change with their content, and one sheet and one script out of many."""

from __future__ import annotations

import hashlib
import mimetypes
import re
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, abort, request

from claps.settings import ROOT
from claps.web import compression, identity

_STATIC = ROOT / "static"
_BUNDLES = {"css/claps.css": "css/order.txt", "js/claps.js": "js/order.txt"}
_YEAR = "public, max-age=31536000, immutable"
_DAY = "public, max-age=86400"
_HOUR = "public, max-age=3600, stale-while-revalidate=86400"


def add_to(app: Flask) -> None:
    """Serve ``/static/…``, ``/favicon.ico`` and ``/clap-button.js``, and give templates ``asset('…')``."""
    app.add_url_rule("/static/<path:name>", "static", _serve)
    # Browsers ask for it where no page has told them of another one.
    app.add_url_rule("/favicon.ico", "favicon", lambda: _serve("favicon.svg"))
    app.add_url_rule("/clap-button.js", "clap_button", _serve_to_all)
    app.add_url_rule("/noscript.css", "noscript", _serve_without_script)
    app.jinja_env.globals["asset"] = asset


@lru_cache(maxsize=256)
def asset(name: str) -> str:
    """The address of a static file, with a mark of its content, so that it may be kept for a year."""
    # Without the vendor files pages still work as plain HTML; their addresses then lead to a 404.
    return f"/static/{name}?v={_mark(load(name) or b'')}"


@lru_cache(maxsize=256)
def load(name: str) -> bytes | None:
    """Read a static file, or put one together; None if there is none of that name."""
    if name in _BUNDLES:
        order = (_STATIC / _BUNDLES[name]).read_text().split()
        return b"\n".join(filter(None, map(load, order)))
    path = _files().get(name)
    if path is None:
        return None
    squeeze = None if name.startswith("vendor/") else _SQUEEZERS.get(path.suffix)
    return path.read_bytes() if squeeze is None else squeeze(path.read_text()).encode()


@lru_cache(maxsize=1)
def _files() -> dict[str, Path]:
    # Listed, so that no name that somebody asks for ever becomes a path.
    return {path.relative_to(_STATIC).as_posix(): path for path in _STATIC.rglob("*") if path.is_file()}


def _squeeze_css(text: str) -> str:
    """Leave out comments, and blanks that mean nothing."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    # Not before a colon, where a blank chooses descendants, nor around + and -, where calc() needs it.
    text = re.sub(r"\s+", " ", text)
    return re.sub(r" ?([{};,>]) ?|(:) ", r"\1\2", text).replace(";}", "}").strip()


def _squeeze_js(text: str) -> str:
    """Leave out whole lines of comment, indentation and empty lines; what else it says is its author's."""
    return re.sub(r"^\s*(//.*)?\n|^[ \t]+", "", text, flags=re.MULTILINE)


_SQUEEZERS = {".css": _squeeze_css, ".js": _squeeze_js}


def _serve(name: str) -> Response:
    data = load(name)
    if data is None:
        abort(404)
    response = _coded(data, mimetypes.guess_type(name)[0] or "application/octet-stream")
    response.headers["Cache-Control"] = _YEAR if "v" in request.args else _DAY
    response.make_conditional(request)
    return response


def _serve_without_script() -> Response:
    """Styles for browsers without script: pages are everybody's, and this says at the door who sees numbers on them."""
    is_calm = identity.sees_no_numbers()
    names = ("css/noscript.css", "css/parts/calm.css") if is_calm else ("css/noscript.css",)
    response = _coded(b"".join(load(name) or b"" for name in names), "text/css")
    # Asked for with each page, and answered 304: whoever puts numbers away has them put away at once.
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response


def _coded(data: bytes, mimetype: str) -> Response:
    coding = compression.accepted_coding()
    response = Response(compression.static(data, coding) if coding else data, mimetype=mimetype)
    if coding:
        response.content_encoding = coding
        response.vary.add("Accept-Encoding")
    # Weak, because it is the same for every coding.
    response.set_etag(_mark(data), weak=True)
    return response


def _serve_to_all() -> Response:
    """The element for pages of other websites: at the address with its mark for ever, without it for an hour."""
    response = _serve("js/clap-button.js")
    is_marked = request.args.get("v") == _mark(load("js/clap-button.js") or b"")
    response.headers["Cache-Control"] = _YEAR if is_marked else _HOUR
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _mark(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:10]
