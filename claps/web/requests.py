"""What one request is called: an id that its answer, its errors and its lines in the log carry."""

from __future__ import annotations

import itertools
import logging
import re
import secrets
import time
from urllib.parse import quote

from flask import Flask, Response, current_app, has_request_context, request

from claps.logs import add_context
from claps.plain.meters import meters
from claps.web.site import site

log = logging.getLogger(__name__)
HEADER = "X-Request-Id"
PATH_LENGTH = 200
_KEY = "claps.request_id"
_SHAPE = re.compile(r"[\w.:/+=-]{1,100}", re.ASCII)
# A name of this process and a number: 0.2 µs, and secrets.token_hex() takes 1. There is nothing to be guessed.
_WORKER = secrets.token_hex(5)
_numbers = itertools.count(1)


def add_to(app: Flask) -> None:
    """Let the log say for whose request something was done."""
    add_context(_about_request)


def request_id() -> str:
    """The id of this request: a trusted proxy's, or one of our own.

    Made when somebody asks: what is parked has no answer that could carry it, and mostly nothing to be logged.
    """
    environ = request.environ
    found: str | None = environ.get(_KEY)
    if found is None:
        given = environ.get("HTTP_X_REQUEST_ID", "") if site().settings.trusted_proxies else ""
        found = environ[_KEY] = given if _SHAPE.fullmatch(given) else f"{_WORKER}{next(_numbers):06x}"
    return found


def note_answer(response: Response, began: float) -> None:
    """Count an answer, put the request's id on it, and log it where that is wanted.

    :param began: when the request came in, by the clock that nobody sets.
    """
    seconds = time.monotonic() - began
    meters.requests.note(seconds)
    meters.answers[min(response.status_code // 100, 5)] += 1
    response.headers.add(HEADER, request_id())
    if site().settings.log_requests:
        told = {"status": response.status_code, "milliseconds": round(seconds * 1000, 1)}
        log.info("answered %d after %.1f ms", response.status_code, seconds * 1000, extra={"told": told})


def _about_request() -> dict[str, str]:
    if not has_request_context() or "claps" not in current_app.extensions:
        return {}
    return {"request_id": request_id(), "method": request.method, "path": _shown_path()}


def _shown_path() -> str:
    # Without its query, which may hold a code; and an address that is a key is told as the rule that it matched.
    path = str(request.url_rule) if request.url_rule and "token" in request.url_rule.arguments else request.path
    return quote(path[:PATH_LENGTH], safe="/@:<>")
