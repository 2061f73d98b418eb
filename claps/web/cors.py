"""Pages of registered apps may read the API's answers, and pages of registered websites those about pages."""

from __future__ import annotations

from flask import Response, g, request

from claps.plain.errors import Invalid, Unavailable
from claps.store.apps import has_origin
from claps.web.site import site

# What pages of websites ask for by themselves: how often they were clapped for.
_OF_PAGES = ("/api/v1/counts", "/api/v1/pages/claps", "/get-claps", "/get-multiple", "/update-claps")
_OPEN = (*_OF_PAGES, "/api/", "/oauth/token", "/oauth/revoke", "/.well-known/oauth-authorization-server")
_MAY_SEND = "Authorization, Content-Type, Idempotency-Key, If-None-Match"
MAY_READ = "ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, WWW-Authenticate, X-Request-Id"


def add_cors(response: Response) -> Response:
    """Say whether a page of another site may read this answer.

    Cookies are never let through: a page of another site acts by its tokens or not at all.
    """
    if not (request.path.startswith(_OPEN) or request.path == "/live"):
        return response
    response.vary.add("Origin")
    origin = request.headers.get("Origin")
    if origin is None or not is_registered(origin):
        return response
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = MAY_READ
    if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET")
        response.headers["Access-Control-Allow-Headers"] = _MAY_SEND
        response.headers["Access-Control-Max-Age"] = "600"
    return response


def is_registered(origin: str) -> bool:
    """Tell whether pages of an origin may read what this request is answered."""
    if len(origin) > 200:
        return False
    # The token says which app it is; before there is one, as in a browser's question beforehand, any app will do.
    app_id = g.bearer.app_id if "bearer" in g else None
    try:
        if request.path in _OF_PAGES and site().pages.find_site(origin) is not None:
            return True
        with site().database.reading():
            return has_origin(origin, app_id)
    except (Invalid, Unavailable):
        return False
