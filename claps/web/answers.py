"""How errors and results are told: to a browser, to HTMX, to a program, to a hidden frame."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, make_response, redirect, render_template, request
from werkzeug.exceptions import HTTPException

from claps.plain.errors import (
    ClapsError,
    Conflict,
    Invalid,
    Malformed,
    NotFound,
    Refused,
    TooMany,
    Unavailable,
)
from claps.web import identity

log = logging.getLogger(__name__)
_STATUSES: tuple[tuple[type[ClapsError], int], ...] = (
    (Malformed, 400), (Invalid, 422), (Refused, 403), (NotFound, 404), (Conflict, 409), (TooMany, 429),
    (Unavailable, 503),
)


def add_to(app: Flask) -> None:
    """Answer errors in the words of whoever asked."""
    app.register_error_handler(ClapsError, _answer_ours)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_unexpected)
    app.after_request(identity.set_guest_cookie)


def is_htmx() -> bool:
    """True when HTMX asks and takes fragments."""
    return "HX-Request" in request.headers


def wants_json() -> bool:
    """True when a program asks: JSON was named, and a page was not named before it."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return best == "application/json" or request.is_json


def wants_text() -> bool:
    """True when plain text was named, and a page was not named before it."""
    best = request.accept_mimetypes.best_match(["text/html", "text/plain"], default="text/html")
    return best == "text/plain"


def is_framed() -> bool:
    """True when the answer goes into a frame: a form without script that must not reload the page."""
    return request.headers.get("Sec-Fetch-Dest") == "iframe"


def status_of(error: ClapsError) -> int:
    """The HTTP status of an error of ours."""
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), 500)


def problem(status: int, title: str, detail: str, **more: Any) -> dict[str, Any]:
    """Problem details (RFC 9457)."""
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}


def problem_of(error: ClapsError) -> dict[str, Any]:
    """Problem details of an error of ours, with the field that is wrong."""
    more = {"field": error.field} if isinstance(error, Invalid) else {}
    return problem(status_of(error), error.title, error.message, **more)


def page(template: str, **values: Any) -> Response:
    """A page that is the same for everybody: it may be kept for a minute, and its first news corrects it."""
    response = make_response(render_template(template, **values))
    response.headers["Cache-Control"] = "public, max-age=60, stale-while-revalidate=600"
    return response


def private_page(template: str, **values: Any) -> Response:
    """A page that depends on who looks."""
    response = make_response(render_template(template, **values))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def said(text: str, *, status: int = 200, again_url: str | None = None) -> Response:
    """One sentence as a small document, for a frame."""
    response = make_response(render_template("said.html", said_text=text, again_url=again_url), status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def see_other(address: str) -> Response:
    """Send a browser on after a form."""
    response = redirect(address, 303)
    response.headers["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]


def _answer_ours(error: ClapsError) -> Response:
    status = status_of(error)
    response = _tell(status, error.title, error.message, problem_of(error), retry=error.trying_again_helps)
    if isinstance(error, (TooMany, Unavailable)):
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    return response


def _answer_http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return error.get_response()  # type: ignore[return-value]
    title = error.name
    detail = error.description or title
    response = _tell(error.code, title, detail, problem(error.code, title, detail), retry=False)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _answer_unexpected(error: Exception) -> Response:
    log.exception("%s %s failed", request.method, request.path)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    detail = "Something broke on our side. It was noted."
    return _tell(500, status.phrase, detail, problem(500, status.phrase, detail), retry=True)


def _tell(status: int, title: str, detail: str, details: dict[str, Any], *, retry: bool) -> Response:
    if is_htmx():
        response = make_response(render_template("_said.html", said_text=detail), status)
    elif wants_json():
        response = make_response(details, status)
        response.content_type = "application/problem+json"
    elif wants_text():
        response = make_response(f"{title}: {detail}\n", status)
        response.content_type = "text/plain; charset=utf-8"
    elif is_framed():
        response = said(detail, status=status, again_url=request.full_path if retry and request.method == "GET" else None)
    else:
        again = request.full_path if request.method == "GET" else None
        values = {"status": status, "title_text": title, "body_text": detail, "retry": retry, "again_url": again}
        response = make_response(render_template("error.html", **values), status)
    response.headers["Cache-Control"] = "no-store"
    return response
