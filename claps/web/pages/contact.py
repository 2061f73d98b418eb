"""Where to write to who has found a hole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, request

from claps.plain.errors import NotFound
from claps.web.site import site

bp = Blueprint("contact", __name__)
_GOOD_FOR = timedelta(days=180)


@bp.get("/.well-known/security.txt")
def security_txt() -> Response:
    """The contact, where whoever runs this has named one (RFC 9116)."""
    contact = site().settings.security_contact
    if contact is None:
        raise NotFound("Nobody is named here.")
    # Of whole days, so that it is the same for everybody who asks on one.
    expires = (datetime.now(UTC) + _GOOD_FOR).replace(hour=0, minute=0, second=0, microsecond=0)
    address = f"{request.url_root}.well-known/security.txt"
    text = f"Contact: {contact}\nExpires: {expires:%Y-%m-%dT%H:%M:%SZ}\nCanonical: {address}\n"
    response = Response(text, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
