"""Static files: addresses that change with their content, and one style sheet out of many."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, abort, request

from claps.settings import ROOT

_STATIC = ROOT / "static"
_YEAR = "public, max-age=31536000, immutable"


def add_to(app: Flask) -> None:
    """Serve ``css/claps.css``, and give templates ``asset('…')``."""
    app.add_url_rule("/static/css/claps.css", "stylesheet", _stylesheet)
    app.after_request(_cache_static)
    app.jinja_env.globals["asset"] = asset


@lru_cache(maxsize=256)
def asset(name: str) -> str:
    """The address of a static file, with a mark of its content, so that it may be kept for a year."""
    data = stylesheet() if name == "css/claps.css" else _read(_STATIC / name)
    return f"/static/{name}?v={hashlib.sha256(data).hexdigest()[:10]}"


@lru_cache(maxsize=1)
def stylesheet() -> bytes:
    """The parts that ``css/order.txt`` lists, in its order, as one: there is no build step to do it."""
    order = (_STATIC / "css" / "order.txt").read_text().split()
    return b"\n".join((_STATIC / "css" / name).read_bytes() for name in order)


def _read(path: Path) -> bytes:
    # Without the vendor files pages still work as plain HTML; their addresses then lead to a 404.
    return path.read_bytes() if path.is_file() else b""


def _stylesheet() -> Response:
    if not (_STATIC / "css" / "order.txt").is_file():
        abort(404)
    return Response(stylesheet(), mimetype="text/css")


def _cache_static(response: Response) -> Response:
    if request.path.startswith("/static/") and "v" in request.args and response.status_code == 200:
        response.headers["Cache-Control"] = _YEAR
    return response
