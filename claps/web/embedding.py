"""Which other websites may show what is made for them, and ask for it."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import request
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from claps.plain.errors import Refused
from claps.plain.sites import Site

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors "
)
FRAME_PIXELS = 56


def framed(response: Response, site: Site | None) -> Response:
    """Let the pages of a site show this answer in a frame; of no site everybody may, because it says only that."""
    ancestors = "*" if site is None else " ".join(("'self'", *site.origins))
    response.headers["Content-Security-Policy"] = POLICY + ancestors
    return response


def allow_origin(response: Response, site: Site) -> Response:
    """Let pages of a site read this answer; cookies are never let through."""
    response.vary.add("Origin")
    origin = request.headers.get("Origin")
    if origin is not None and origin in site.origins:
        response.headers["Access-Control-Allow-Origin"] = origin
    return response


def check_origin(site: Site) -> None:
    """See that a request that changes something comes from a page of the site, where a browser says from where.

    :raises Refused: it comes from elsewhere.
    """
    origin = request.headers.get("Origin")
    if origin is not None and origin not in site.origins and origin != request.host_url.rstrip("/"):
        raise Refused("This request came from a website that is not registered for it.")


def frame_html(root_url: str, url: str, **look: str) -> Markup:
    """The markup with which a page shows its applause, for its owner to copy.

    :param root_url: of this site, without a slash at its end.
    :param url: the page's address.
    :param look: ``color``, ``theme`` and ``canonical``, where they are wanted.
    """
    address = f"{root_url}/embed?{urlencode({'url': url, **look})}"
    style = "border:0;frame-sizing:content-height"
    return Markup(
        f'<iframe src="{escape(address)}" title="Applause" loading="lazy" width="100%" height="{FRAME_PIXELS}" '
        f'style="{style}"><a href="{escape(address)}">Clap for this page</a></iframe>'
    )
