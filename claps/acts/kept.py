"""Copies of what was read from SQL, for the moments in which SQL is slow, and for as long as it is away."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

import gevent
from cachetools import LRUCache
from gevent.event import Event

from claps.plain import allowance
from claps.plain.errors import ClapsError, Unavailable
from claps.plain.failing import SQL, note_failure
from claps.plain.limits import COPIES_KEPT, COPY_FRESH_SECONDS, COPY_PATIENCE_SECONDS
from claps.plain.patience import SQL_SILENT_SECONDS

log = logging.getLogger(__name__)
T = TypeVar("T")
# How workers tell each other, on the house's channel, of what copies are to be dropped: this word, and names.
CHANGED = "changed"


class _Reading(Generic[T]):
    """One reading under way, for everybody who wants the same."""

    def __init__(self) -> None:
        self.began_at = time.monotonic()
        self.done = Event()
        self.outcome: T | ClapsError = Unavailable("This cannot be read right now.")


def _wait_for(reading: _Reading[T]) -> None:
    # The reading has no time limit of its own but its calls', and it goes on for others who want the same.
    left = allowance.current.get()
    if left is None:
        reading.done.wait()
    else:
        with left:
            reading.done.wait(left.left_seconds)


class Kept(Generic[T]):
    """Copies by key, newest used last.

    A copy is fresh for two seconds. Then it is read anew, once for all who want it; who has waited a quarter of a
    second gets the old copy, because a database that hangs must not make readers hang.
    """

    def __init__(self) -> None:
        self._copies: LRUCache[Hashable, tuple[float, T]] = LRUCache(COPIES_KEPT)
        self._readings: dict[Hashable, _Reading[T]] = {}

    def get(self, key: Hashable, read: Callable[[], T]) -> T:
        """Return a copy, or read anew when it is old.

        :param read: may wait; it runs in a greenlet of its own.
        :raises NotFound: what ``read`` raised.
        :raises Unavailable: it cannot be read and was never kept here.
        """
        kept = self._copies.get(key)
        now = time.monotonic()
        if kept is not None and now - kept[0] < COPY_FRESH_SECONDS:
            return kept[1]
        reading = self._readings.get(key)
        if reading is None:
            reading = self._readings[key] = _Reading()
            gevent.spawn(self._read, key, read, reading)
        if kept is None:
            _wait_for(reading)
        else:
            reading.done.wait(max(0.0, reading.began_at + COPY_PATIENCE_SECONDS - now))
        if kept is not None and isinstance(reading.outcome, Unavailable):
            if time.monotonic() - reading.began_at > SQL_SILENT_SECONDS:
                # It may be answering others, slowly: to who reads this, it does not.
                note_failure(SQL)
            return kept[1]
        if isinstance(reading.outcome, ClapsError):
            raise reading.outcome
        return reading.outcome

    def peek(self, key: Hashable) -> T | None:
        """Return a copy of any age, without reading."""
        kept = self._copies.get(key)
        return None if kept is None else kept[1]

    def age(self, key: Hashable) -> None:
        """Let a copy be old, because it may have changed: it is read anew when next asked for, and still stands in."""
        kept = self._copies.get(key)
        if kept is not None:
            self._copies[key] = (float("-inf"), kept[1])

    def drop(self, key: Hashable) -> None:
        """Forget a copy, because it has changed; a reading that began before does not count either."""
        self._copies.pop(key, None)
        self._readings.pop(key, None)

    def drop_all(self) -> None:
        """Forget every copy, because it is not known which of them have changed."""
        self._copies.clear()
        self._readings.clear()

    def _read(self, key: Hashable, read: Callable[[], T], reading: _Reading[T]) -> None:
        try:
            reading.outcome = read()
        except ClapsError as error:
            reading.outcome = error
        except Exception:
            log.exception("reading %s failed", key)
        if self._readings.get(key) is reading:
            del self._readings[key]
            self._keep(key, reading.outcome)
        reading.done.set()

    def _keep(self, key: Hashable, outcome: T | ClapsError) -> None:
        now = time.monotonic()
        if not isinstance(outcome, ClapsError):
            self._copies[key] = (now, outcome)
        elif not isinstance(outcome, Unavailable):
            self._copies.pop(key, None)
        elif key in self._copies:
            # Asked again in a moment, not by everybody at once.
            self._copies[key] = (now, self._copies[key][1])
