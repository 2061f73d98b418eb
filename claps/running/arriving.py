"""Connections from which something is awaited: for how long, and who goes first when there are too many."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Any, Literal, Self

import gevent

from claps.plain.patience import ARRIVING_MOST, BODY_BYTES_PER_SECOND, BODY_SECONDS


class Arriving:
    """The connections of a worker that have not sent all of a request yet, or none.

    Each takes a place among those that are served. Who sends a byte now and then, or nothing, could keep all of them:
    so there is a number of them at most, and above it the oldest go of whoever has most. Behind a proxy all come from
    one address, and the oldest are left: a proxy hands on what is whole, and sends it at once.
    """

    def __init__(self, most: int = ARRIVING_MOST) -> None:
        self._most = most
        self._waits: dict[Wait, None] = {}
        self.sent_away = 0

    def wait(self, seconds: float, *, address: str, began: float | None = None) -> Wait:
        """Make the wait for a connection's next bytes, to be used in a ``with``; it ends by itself in so long.

        :param began: when it began to send what is waited for, by the clock that is never set back.
        """
        return Wait(self, seconds, address, time.monotonic() if began is None else began)

    def add(self, wait: Wait) -> None:
        """Somebody is waited for."""
        self._waits[wait] = None
        if len(self._waits) > self._most:
            self._make_room()

    def remove(self, wait: Wait) -> None:
        """Somebody is not waited for any more."""
        self._waits.pop(wait, None)

    def end_all(self) -> None:
        """Wait for nobody any more."""
        for wait in list(self._waits):
            wait.end_soon()

    def _make_room(self) -> None:
        # A tenth at once: looking who has most costs as much as for one.
        counts = Counter(wait.address for wait in self._waits)
        first = sorted(self._waits, key=lambda wait: (-counts[wait.address], wait.began))
        for wait in first[: max(1, self._most // 10)]:
            del self._waits[wait]
            self.sent_away += 1
            wait.end_soon()


class Wait(gevent.Timeout):
    """One wait for a connection's next bytes, which can be ended before its time."""

    def __init__(self, arriving: Arriving, seconds: float, address: str, began: float) -> None:
        # False: it ends the block that it guards, and nobody hears of it. The stubs do not know it.
        super().__init__(seconds, False)  # type: ignore[arg-type]
        self._arriving = arriving
        self._greenlet: Any = None
        self.address = address
        self.began = began

    def __enter__(self) -> Self:
        self._greenlet = gevent.getcurrent()
        entered = super().__enter__()
        self._arriving.add(self)
        return entered

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> Literal[True] | None:
        self._arriving.remove(self)
        return super().__exit__(kind, error, trace)

    def end_soon(self) -> None:
        """End it with the next turn of the loop, unless it has ended by then: never outside of its block."""
        if self._greenlet is gevent.getcurrent():
            return  # it has just begun, and is the newest
        timer: Any = gevent.get_hub().loop.timer(0)
        self.timer.stop()
        self.timer.close()
        self.timer = timer
        timer.start(self._greenlet.throw, self)


class Body:
    """A request's body on its way: it may take a while, and the longer the more of it comes."""

    __slots__ = ("_address", "_arriving", "_began", "_bytes")

    def __init__(self, arriving: Arriving, address: str) -> None:
        self._arriving = arriving
        self._address = address
        self._began = time.monotonic()
        self._bytes = 0

    def receive(self, receive: Callable[[], bytes]) -> bytes:
        """Receive the next piece of it.

        :raises TimeoutError: it came too slowly, or too many are waited for.
        """
        left = self._began + BODY_SECONDS + self._bytes / BODY_BYTES_PER_SECOND - time.monotonic()
        with self._arriving.wait(max(left, 0.001), address=self._address, began=self._began):
            data = receive()
            self._bytes += len(data)
            return data
        raise TimeoutError("the body came too slowly")
