"""Refuses cross-site requests that change something, without any token in the page."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import g, request

from claps.plain.errors import Refused

_SAFE = ("GET", "HEAD", "OPTIONS")
# Here a program shows what it has in the request itself; cookies are not looked at.
_WITHOUT_COOKIES = ("/oauth/token", "/oauth/revoke", "/oauth/introspect")


def refuse_cross_site() -> None:
    """Check where a changing request comes from.

    Sec-Fetch-Site, if sent, must be same-origin (``none`` is the reader's own address bar); else Origin, if
    sent, must be ours; text browsers and curl send neither and pass: they carry nobody else's cookies. A
    WebSocket's handshake has no Sec-Fetch-Site, only Origin. Who shows a token may come from anywhere: no browser
    adds that by itself.

    :raises Refused: the request comes from another site.
    """
    sent = request.environ
    upgrade = sent.get("HTTP_UPGRADE", "").lower() == "websocket"
    if request.method in _SAFE and not upgrade or "bearer" in g or request.path in _WITHOUT_COOKIES:
        return
    site = sent.get("HTTP_SEC_FETCH_SITE")
    if site is not None and not upgrade:
        if site not in ("same-origin", "none"):
            raise Refused("This request came from another site.")
        return
    origin = sent.get("HTTP_ORIGIN")
    if origin is not None and not _is_ours(origin):
        raise Refused("This request came from another site.")


def _is_ours(origin: str) -> bool:
    theirs = urlsplit(origin)
    return theirs.scheme in ("http", "https") and theirs.netloc == request.host
