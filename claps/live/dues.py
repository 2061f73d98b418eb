"""Until when somebody waits, to the second: one bucket a second, and out of it again with the answer."""

from __future__ import annotations

import time
from collections.abc import Iterator

from claps.live.subscribers import Subscriber


class Dues:
    """At most one due second for each subscriber.

    Who is answered early leaves the bucket: with a timer each, ten thousand pollers that are answered ten
    times a second would leave millions of timers behind.
    """

    def __init__(self) -> None:
        self._buckets: dict[int, set[Subscriber]] = {}
        self._swept = int(time.monotonic())

    def set(self, subscriber: Subscriber, seconds: float) -> None:
        """Let a subscriber become due in some seconds, rounded up; an earlier due is forgotten."""
        self.clear(subscriber)
        subscriber.due = second = int(time.monotonic() + seconds) + 1
        self._buckets.setdefault(second, set()).add(subscriber)

    def clear(self, subscriber: Subscriber) -> None:
        """Forget a subscriber's due."""
        if subscriber.due:
            bucket = self._buckets.get(subscriber.due)
            if bucket is not None:
                bucket.discard(subscriber)
            subscriber.due = 0

    def sweep(self) -> Iterator[Subscriber]:
        """Give those whose second has come."""
        now = int(time.monotonic())
        for second in range(self._swept + 1, now + 1):
            for subscriber in self._buckets.pop(second, ()):
                subscriber.due = 0
                yield subscriber
        self._swept = now
