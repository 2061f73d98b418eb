"""A clock that is never set back: what shall live for an hour lives for an hour, whatever happens to the machine's."""

from __future__ import annotations

import time
from collections.abc import Callable

from claps.plain.limits import LEAD_SECONDS_MOST


class SteadyClock:
    """Tells Unix time, and goes on steadily where the machine's clock is set back.

    A clock that is set forward is believed: what runs out runs out then, as it would in any program that keeps
    moments. One that is set back by more than a day is believed as well: it must have been wrong before.

    :param wall: the machine's clock, in seconds of Unix time.
    :param steady: one that nobody can set, in seconds.
    """

    def __init__(
        self, wall: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic
    ) -> None:
        self._wall, self._steady = wall, steady
        self._last, self._last_steady = wall(), steady()

    def now_ms(self) -> int:
        """The time in milliseconds."""
        steady, wall = self._steady(), self._wall()
        gone_on = self._last + steady - self._last_steady
        self._last = max(wall, gone_on) if gone_on - wall <= LEAD_SECONDS_MOST else wall
        self._last_steady = steady
        return int(self._last * 1000)

    def take(self, at_ms: int) -> None:
        """It was so late already: somebody else has seen it."""
        self._last = max(self._last, at_ms / 1000)
