"""How errors and results are told: to a browser, to HTMX, to a program, to a hidden frame."""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import Any

from flask import Flask, Response, g, make_response, redirect, render_template, request
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_accept_header

from claps.acts import notifications
from claps.live.messages import dump
from claps.plain.errors import (
    ClapsError,
    Conflict,
    Crowded,
    Invalid,
    Malformed,
    NotFound,
    PreconditionFailed,
    Refused,
    ScopeMissing,
    SignInFirst,
    TokenRefused,
    TooLarge,
    TooMany,
    Unavailable,
)
from claps.plain.failing import REDIS, SQL, is_failing
from claps.web import identity
from claps.web.requests import request_id
from claps.web.site import site

log = logging.getLogger(__name__)
_STATUSES: tuple[tuple[type[ClapsError], int], ...] = (
    (Malformed, 400), (TooLarge, 413), (PreconditionFailed, 412),
    (Invalid, 422), (TokenRefused, 401), (Refused, 403), (NotFound, 404), (Conflict, 409), (TooMany, 429),
    (Unavailable, 503),
)

_BEHIND = (
    (SQL, "The database does not answer right now: this was kept from before. Claps are counted, writing has to wait."),
    (REDIS, "Counting does not answer right now: counts are the last that were kept, and claps have to wait."),
)


_PLAINER = {
    404: "There is no page at this address. It may have moved, or the address may have a slip in it.",
    405: "This address takes nothing of that kind.",
    413: "That is more than this site takes at once.",
}


def add_to(app: Flask) -> None:
    """Answer errors in the words of whoever asked."""
    app.register_error_handler(ClapsError, answer_ours)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_unexpected)
    app.after_request(identity.set_guest_cookie)


def is_htmx() -> bool:
    """True when HTMX asks and takes fragments."""
    return "HTTP_HX_REQUEST" in request.environ


def best_kind(*kinds: str) -> str:
    """The one of these media types that is asked for; the first when it is all the same."""
    return _best_kind(request.environ.get("HTTP_ACCEPT", ""), kinds)


# The browsers and programs of this world send few different ones, and each takes 15 to 37 µs to read.
@lru_cache(maxsize=256)
def _best_kind(accept: str, kinds: tuple[str, ...]) -> str:
    return parse_accept_header(accept, MIMEAccept).best_match(kinds, default=kinds[0]) or kinds[0]


def wants_json() -> bool:
    """True when a program asks: JSON was named, and a page was not named before it."""
    return best_kind("text/html", "application/json") == "application/json" or request.is_json


def wants_text() -> bool:
    """True when plain text was named, and a page was not named before it."""
    return best_kind("text/html", "text/plain") == "text/plain"


def is_framed() -> bool:
    """True when the answer goes into a frame: a form without script that must not reload the page."""
    return request.environ.get("HTTP_SEC_FETCH_DEST") == "iframe"


def status_of(error: ClapsError) -> int:
    """The HTTP status of an error of ours."""
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), 500)


def problem(status: int, title: str, detail: str, **more: Any) -> dict[str, Any]:
    """Problem details (RFC 9457)."""
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}


def problem_of(error: ClapsError) -> dict[str, Any]:
    """Problem details of an error of ours, with the field that is wrong, or with what is there instead."""
    more: dict[str, Any] = {"field": error.field} if isinstance(error, Invalid) else {}
    if isinstance(error, PreconditionFailed):
        more = {"key": error.key, "current": error.current}
    if isinstance(error, Crowded):
        more["limit"] = error.limit
    return problem(status_of(error), error.title, error.message, **more)


def headers_of(error: ClapsError) -> dict[str, str]:
    """What the headers say of an error of ours: when to come back, and what a token lacks (RFC 6750, section 3)."""
    if isinstance(error, (TooMany, Unavailable)):
        return {"Retry-After": str(error.retry_after_seconds)}
    if isinstance(error, TokenRefused):
        return {"WWW-Authenticate": 'Bearer realm="claps", error="invalid_token"'}
    if isinstance(error, ScopeMissing):
        return {"WWW-Authenticate": f'Bearer realm="claps", error="insufficient_scope", scope="{error.scope}"'}
    return {}


def data(value: dict[str, Any]) -> Response:
    """A program's answer."""
    return Response(dump(value), content_type="application/json")


def page(template: str, **values: Any) -> Response:
    """A page that is the same for everybody: it may be kept for a minute, and its first news corrects it.

    Who has put numbers away gets it without any, for themselves.
    """
    is_calm, behind_text = identity.sees_no_numbers(), _behind_text()
    response = make_response(render_template(template, **values, sees_no_numbers=is_calm, behind_text=behind_text))
    kept = "public, max-age=5" if behind_text else "public, max-age=60, stale-while-revalidate=600"
    response.headers["Cache-Control"] = "private, no-store" if is_calm else kept
    return response


def private_page(template: str, **values: Any) -> Response:
    """A page that depends on who looks; ``me`` sees how many people are new, when SQL answers."""
    me = values.get("me")
    if me is not None and "badge" not in values:
        values["badge"] = badge_of(me.id)
    values["sees_no_numbers"] = identity.sees_no_numbers()
    response = make_response(render_template(template, **values, behind_text=_behind_text()))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _behind_text() -> str:
    # Readers are told what works: what they see is whole, and may be old.
    return next((text for part, text in _BEHIND if is_failing(part)), "")


def badge_of(person_id: int) -> str:
    """How many people have done something since a person looked; empty for nobody, and while SQL is away."""
    try:
        return notifications.count_new(site().database, person_id)
    except Unavailable:
        return ""


def said(text: str, *, status: int = 200, again_url: str | None = None) -> Response:
    """One sentence as a small document, for a frame."""
    values = {"said_text": text, "again_url": again_url, "look": g.get("look")}
    response = make_response(render_template("said.html", **values), status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def see_other(address: str) -> Response:
    """Send a browser on after a form."""
    response = redirect(address, 303)
    response.headers["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]


def elsewhere(url: str) -> Response:
    """Send a browser to a page of another website; a browser must not keep that for ever."""
    response = redirect(url, 302)
    response.headers["Cache-Control"] = "no-cache"
    return response  # type: ignore[return-value]


def answer_ours(error: ClapsError) -> Response:
    """Tell of an error of ours in the words of whoever asked."""
    # What a person does to a thing lies below the thing's own page, where it has a place: /posts/12/comments.
    place, _, act = request.path.rpartition("/")
    next_url = f"{place}#{act}" if isinstance(error, SignInFirst) else None
    response = _tell(problem_of(error), retry=error.trying_again_helps, next_url=next_url)
    response.headers.update(headers_of(error))
    return response


def _answer_http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return error.get_response()  # type: ignore[return-value]
    title = error.name.capitalize()
    response = _tell(problem(error.code, title, _PLAINER.get(error.code) or error.description or title), retry=False)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _answer_unexpected(error: Exception) -> Response:
    name = type(error).__name__
    log.exception("a request failed: %s", name, extra={"told": {"error": name}})
    said_text = f"It broke on our side, and it was noted as {request_id()}."
    return _tell(problem(500, "Something broke", said_text), retry=True)


def _tell(details: dict[str, Any], *, retry: bool, next_url: str | None = None) -> Response:
    status, title, detail = details["status"], details["title"], details["detail"]
    if status >= 500:
        details["request_id"] = request_id()
    if request.path.startswith("/api/"):
        response = make_response(details, status)
        response.content_type = "application/problem+json"
        response.headers["Cache-Control"] = "no-store"
        return response
    again_url = request.full_path.rstrip("?") if retry and request.method == "GET" else None
    if is_htmx():
        response = make_response(render_template("_said.html", said_text=detail), status)
    elif wants_json():
        response = make_response(details, status)
        response.content_type = "application/problem+json"
    elif wants_text():
        response = make_response(f"{title}: {detail}\n", status)
        response.content_type = "text/plain; charset=utf-8"
    elif is_framed():
        response = said(detail, status=status, again_url=again_url)
    else:
        values = {"status": status, "title_text": title, "body_text": detail, "retry": retry, "again_url": again_url}
        response = make_response(render_template("error.html", next_url=next_url, **values), status)
    response.headers["Cache-Control"] = "no-store"
    return response
