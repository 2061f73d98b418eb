"""Browsers in which somebody has signed in before: who guesses elsewhere does not keep them out."""

from __future__ import annotations

import secrets
from functools import lru_cache
from typing import NamedTuple

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from claps.plain.people import plain_name

COOKIE = "known"
NAMES_KEPT = 5
_PATH = "/login"
_TWO_YEARS = 2 * 365 * 24 * 3600


class Browser(NamedTuple):
    """A browser: a random mark, and the names with which somebody has signed in there."""

    mark: str
    names: tuple[str, ...]


def find_mark(name: str) -> str | None:
    """Tell the mark of the browser that asks, if somebody has signed in there with this name."""
    browser = _read()
    return browser.mark if browser is not None and plain_name(name) in browser.names else None


def remember(response: Response, name: str) -> None:
    """Let the browser show from now on that somebody has signed in there with this name (OWASP's device cookie)."""
    before = _read()
    names = [name, *(one for one in (before.names if before else ()) if one != name)][:NAMES_KEPT]
    mark = before.mark if before else secrets.token_hex(8)
    value = str(_signer(str(current_app.config["SECRET_KEY"])).dumps([mark, names]))
    response.set_cookie(
        _cookie(), value, max_age=_TWO_YEARS, path=_PATH, secure=request.is_secure, httponly=True, samesite="Lax"
    )


def _read() -> Browser | None:
    try:
        value = _signer(str(current_app.config["SECRET_KEY"])).loads(request.cookies.get(_cookie(), ""))
    except BadSignature:
        return None
    return Browser(str(value[0]), tuple(value[1]))


def _cookie() -> str:
    # Not __Host-, which is sent with every request: nobody but the form for signing in has to see it.
    return f"__Secure-{COOKIE}" if request.is_secure else COOKIE


@lru_cache(maxsize=8)
def _signer(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt="known")
