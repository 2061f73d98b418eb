"""What a process counts while it works: plain numbers, which somebody may ask for and nobody waits for."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

# Upper ends in seconds; what took longer than the last one is counted as well.
SECONDS_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Times:
    """How often something took how long."""

    __slots__ = ("counts", "seconds")

    def __init__(self) -> None:
        self.counts = [0] * (len(SECONDS_BOUNDS) + 1)
        self.seconds = 0.0

    def note(self, seconds: float) -> None:
        """Count one more."""
        self.counts[bisect_left(SECONDS_BOUNDS, seconds)] += 1
        self.seconds += seconds


@dataclass(slots=True)
class Meters:
    """One process's counts since it began.

    ``fan_out`` is one update to all who watch its topic here; ``sight`` a clap of the canary until it is seen;
    ``flush`` a turn of one shard that carried something into SQL; ``webhook`` a try to bring one its message. Errors
    are counted by the names of their classes, which are few; answers by the first digit of their status. Of shards that
    are not heard it is the present number.
    """

    fan_out: Times = field(default_factory=Times)
    sight: Times = field(default_factory=Times)
    flush: Times = field(default_factory=Times)
    requests: Times = field(default_factory=Times)
    webhook: Times = field(default_factory=Times)
    webhook_tries: Counter[str] = field(default_factory=Counter)
    answers: list[int] = field(default_factory=lambda: [0] * 6)
    flushed_entries: int = 0
    flushed_rows: int = 0
    flushes_failed: int = 0
    spans_lost: int = 0
    shards_unheard: int = 0
    redis_errors: Counter[str] = field(default_factory=Counter)
    sql_errors: Counter[str] = field(default_factory=Counter)


# One for the process, as logging has one root: what goes wrong is counted on floors that know nobody above them.
meters = Meters()
