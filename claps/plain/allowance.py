"""For how long one request may wait for SQL in all, however often it asks."""

from __future__ import annotations

import time
from contextvars import ContextVar
from typing import Self

from claps.plain.errors import TooSlow
from claps.plain.failing import SQL, note_failure
from claps.plain.patience import SQL_REQUEST_SECONDS


class Allowance:
    """What one request may still wait; each wait is a ``with``, and they do not lie within each other.

    Every call has a time limit of its own, and a request that makes ten of them would have ten times that. So it asks
    no more once it has waited for so long. What it asked last is waited for to its own limit: a connection on which a
    question was given up half-way is lost.
    """

    __slots__ = ("_began", "left_seconds")

    def __init__(self, seconds: float = SQL_REQUEST_SECONDS) -> None:
        self.left_seconds = seconds
        self._began = 0.0

    def __enter__(self) -> Self:
        """Begin to wait.

        :raises TooSlow: there is nothing left.
        """
        if self.left_seconds <= 0:
            note_failure(SQL)
            raise TooSlow(f"{SQL} is too slow right now.")
        self._began = time.monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        self.left_seconds -= time.monotonic() - self._began


# Of the request that is being answered; what is done in the background has none, and waits as often as it must.
current: ContextVar[Allowance | None] = ContextVar("allowance", default=None)
