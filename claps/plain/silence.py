"""Notices that a part we ask has fallen silent, before every question has waited for its own time limit."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from claps.plain.errors import ClapsError, TooSlow, Unavailable
from claps.plain.failing import note_failure


class Silence:
    """The questions to one part that have no answer yet.

    The part counts as silent when a question has waited for ``seconds`` and nothing was answered meanwhile: a
    frozen server, or a network that swallows packets. Then questions are refused at once; when the old ones are
    given up, one goes through every ``seconds``, until one is answered.

    :param who: the part's name at the beginning of a sentence.
    """

    def __init__(self, who: str, seconds: float) -> None:
        self._who = who
        self._seconds = seconds
        self._asked_at: dict[object, float] = {}
        self._answered_at = 0.0
        self._given_up_at: float | None = None

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Ask a question, which lasts until the block ends.

        :raises Unavailable: the part is silent.
        """
        self.refuse()
        with self.waiting():
            yield

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Wait for an answer until the block ends, whether the part is silent or not."""
        question, asked_at = object(), time.monotonic()
        self._asked_at[question] = asked_at
        try:
            yield
            self._hear()
        except ClapsError as error:
            if not isinstance(error, Unavailable) or isinstance(error, TooSlow):
                self._hear()  # "there is no such post" is an answer, and so are many slow ones
            elif time.monotonic() - asked_at > self._seconds:
                self._given_up_at = time.monotonic()
            raise
        finally:
            del self._asked_at[question]

    def refuse(self) -> None:
        """Say so when asking would mean to wait in vain.

        :raises Unavailable: the part is silent.
        """
        now = time.monotonic()
        oldest = next(iter(self._asked_at.values()), None)
        if oldest is not None and now - max(oldest, self._answered_at) > self._seconds:
            self._say_so()
        if self._given_up_at is not None:
            if now - self._given_up_at < self._seconds:
                self._say_so()
            self._given_up_at = now  # this one goes through, and the next only after a while

    def _say_so(self) -> NoReturn:
        note_failure(self._who)
        raise Unavailable(f"{self._who} does not answer.")

    def _hear(self) -> None:
        self._answered_at = time.monotonic()
        self._given_up_at = None
