"""Notices that SQL has fallen silent, before every question has waited for its own time limit."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from claps.plain.errors import ClapsError, Unavailable
from claps.plain.limits import SQL_SILENT_SECONDS


class Silence:
    """Questions that have no answer yet.

    SQL counts as silent when one has waited for two seconds and nothing else was answered meanwhile: a frozen
    server, or a network that swallows packets. Then new questions are refused at once, until an old one is
    answered or given up.
    """

    def __init__(self) -> None:
        self._asked_at: dict[object, float] = {}
        self._answered_at = 0.0

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Ask a question, which counts until the block ends.

        :raises Unavailable: SQL is silent.
        """
        self.refuse()
        question = object()
        self._asked_at[question] = time.monotonic()
        try:
            yield
            self._answered_at = time.monotonic()
        except ClapsError as error:
            if not isinstance(error, Unavailable):
                self._answered_at = time.monotonic()  # "there is no such post" is an answer
            raise
        finally:
            del self._asked_at[question]

    def refuse(self) -> None:
        """Say so when asking would mean to wait in vain.

        :raises Unavailable: SQL is silent.
        """
        oldest = next(iter(self._asked_at.values()), None)
        if oldest is not None and time.monotonic() - max(oldest, self._answered_at) > SQL_SILENT_SECONDS:
            raise Unavailable("The database does not answer.")
