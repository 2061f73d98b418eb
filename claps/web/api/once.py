"""``Idempotency-Key``: what is asked twice under one key is done once, and answered alike."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, request

from claps.acts.repeats import Answer, do_once
from claps.plain.errors import ClapsError, Invalid
from claps.web import identity
from claps.web.api.errors import answer_problem
from claps.web.site import site

KEY_LENGTH = 255
_KEPT = ("Content-Type", "Location", "ETag", "WWW-Authenticate")


def once(view: Callable[..., Response]) -> Callable[..., Response]:
    """Let a view be done once for each key that a person's programs send with it; without a key as often as asked."""

    @wraps(view)
    def do(**values: Any) -> Response:
        key, me = repeat_key(), identity.find_person()
        # Guests have no keys: nobody could tell theirs from another's.
        if key is None or me is None:
            return view(**values)
        asked = f"{request.method} {request.full_path} {hashlib.sha256(request.get_data()).hexdigest()}"
        found, is_repeated = do_once(
            site().database, me, key, asked, lambda: _note(_answer(view, values))
        )
        response = Response(found.body, found.status)
        for line in found.head.splitlines():
            name, _, value = line.partition(": ")
            response.headers[name] = value
        response.headers["Cache-Control"] = "no-store"
        if is_repeated:
            response.headers["Idempotent-Replayed"] = "true"
        return response

    return do


def repeat_key() -> str | None:
    """The key that a program sent with what it asks; None when it sent none.

    :raises Invalid: it is empty, or too long.
    """
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 0 < len(key) <= KEY_LENGTH:
        raise Invalid("Idempotency-Key", f"A key has 1 to {KEY_LENGTH} letters.")
    return key


def _answer(view: Callable[..., Response], values: dict[str, Any]) -> Response:
    try:
        return view(**values)
    except ClapsError as error:
        return answer_problem(error)


def _note(response: Response) -> Answer:
    lines = [f"{name}: {response.headers[name]}" for name in _KEPT if name in response.headers]
    return Answer(response.status_code, "\n".join(lines), response.get_data(as_text=True))
