"""How the API tells of errors: always as problem details (RFC 9457), whatever the request accepts."""

from __future__ import annotations

from flask import Response

from claps.live.messages import dump
from claps.plain.errors import ClapsError, TooMany, Unavailable
from claps.web.answers import problem_of, status_of


def answer_problem(error: ClapsError) -> Response:
    """Tell of an error of ours."""
    response = Response(dump(problem_of(error)), status_of(error), content_type="application/problem+json")
    if isinstance(error, (TooMany, Unavailable)):
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    response.headers["Cache-Control"] = "no-store"
    return response
