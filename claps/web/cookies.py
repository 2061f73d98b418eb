"""What our cookies are called: over TLS in a way that nobody but this very host can set."""

from __future__ import annotations

from flask import request

_PREFIX = "__Host-"


def cookie_name(plain_name: str) -> str:
    """The name of a cookie for the way that this request came.

    ``__Host-`` (RFC 6265bis, section 4.1.3.2) is taken by browsers only from the host itself, over TLS, for all of
    its paths. So neither a neighbouring name nor somebody on the wire can plant one. Over plain HTTP none takes it.
    """
    return _PREFIX + plain_name if request.environ["wsgi.url_scheme"] == "https" else plain_name
