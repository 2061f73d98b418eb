"""How the API tells of errors: always as problem details (RFC 9457), whatever the request accepts."""

from __future__ import annotations

from flask import Response

from claps.live.messages import dump
from claps.plain.errors import ClapsError, SignInFirst
from claps.web.answers import headers_of, problem, problem_of


def answer_problem(error: ClapsError) -> Response:
    """Tell of an error of ours; who is not known is asked for a token (RFC 6750, section 3)."""
    if isinstance(error, SignInFirst):
        details, headers = problem(401, error.title, error.message), {"WWW-Authenticate": 'Bearer realm="claps"'}
    else:
        details, headers = problem_of(error), headers_of(error)
    response = Response(dump(details), details["status"], headers, content_type="application/problem+json")
    response.headers["Cache-Control"] = "no-store"
    return response
