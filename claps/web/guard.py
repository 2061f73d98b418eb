"""Refuses cross-site requests that change something, without any token in the page; and what nobody would read."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import g, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from claps.plain.errors import Refused
from claps.plain.limits import ARTICLE_BYTES, BATCH_BYTES, BODY_BYTES, IMAGE_BYTES

_SAFE = ("GET", "HEAD", "OPTIONS")
# Here a program shows what it has in the request itself; cookies are not looked at.
_WITHOUT_COOKIES = (
    "/oauth/token", "/oauth/revoke", "/oauth/introspect",
    "/api/v1/counts", "/api/v1/pages/claps", "/get-multiple", "/update-claps",
)
_WITH_PICTURES = ("media.add", "write.write", "api-pictures.add")


def refuse_cross_site() -> None:
    """Check where a changing request comes from.

    Sec-Fetch-Site, if sent, must be same-origin (``none`` is the reader's own address bar); else Origin, if sent, must
    be ours; else Referer, which w3m and links send alone, as browsers did that knew neither. lynx and curl send none of
    them and pass: they carry nobody else's cookies. A
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
    # What a page of another website is told of itself, it may ask from there; who may is looked at where it is read.
    of_page = upgrade and request.path == "/live" and "url" in request.args
    if origin is not None and not is_ours(origin) and not of_page:
        raise Refused("This request came from another site.")
    referrer = sent.get("HTTP_REFERER")
    if origin is None and referrer and not upgrade and not is_ours(referrer):
        raise Refused("This request came from another site.")


def refuse_large() -> None:
    """Refuse a body that is larger than its address takes, also where nothing of it would be read.

    One without a length is read here, up to that bound. One that is compressed is not taken at all: a few bytes of it
    may be gigabytes.

    :raises RequestEntityTooLarge: it is.
    :raises BadRequest: it is in chunks that are none, or does not come.
    :raises UnsupportedMediaType: it is compressed (RFC 9110, section 8.4).
    """
    environ = request.environ
    if environ.get("HTTP_CONTENT_ENCODING", "identity").lower() != "identity":
        raise UnsupportedMediaType("What is sent here is not compressed.")
    if "CONTENT_LENGTH" in environ:
        # What has four digits is taken everywhere, as a clap's nine bytes are.
        if len(environ["CONTENT_LENGTH"]) > 4 and (request.content_length or 0) > _most_bytes():
            raise RequestEntityTooLarge
    elif "HTTP_TRANSFER_ENCODING" in environ and request.endpoint not in _WITH_PICTURES:
        _read_unmeasured(_most_bytes())


def _read_unmeasured(most_bytes: int) -> None:
    # Werkzeug cuts off what is longer, without a word: so one byte more is let in, by which that is known.
    request.max_content_length = most_bytes + 1
    try:
        size = len(request.get_data())
    except (ParseException, OSError) as error:
        raise BadRequest("The body cannot be read.") from error
    if size > most_bytes:
        raise RequestEntityTooLarge


def _most_bytes() -> int:
    # The addresses of the API, and the editor without a picture, look at a smaller bound of their own.
    if request.endpoint in _WITH_PICTURES:
        return ARTICLE_BYTES + IMAGE_BYTES
    return max(ARTICLE_BYTES, BATCH_BYTES) if request.path.startswith("/api/") else BODY_BYTES


def is_ours(origin: str) -> bool:
    """True for the origin, or the address, of this site's own pages."""
    try:
        theirs = urlsplit(origin)
    except ValueError:
        return False
    return theirs.scheme in ("http", "https") and theirs.netloc == request.host
