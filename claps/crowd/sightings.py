"""From clap to sight: when a clap was sent, and when each reader's page showed a count with it in."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

UNSEEN = -1
EVERY_WIRE = "every wire"
# What a writer sees, and no reader: it is measured apart.
DASHBOARD = "dashboard"


class WatchedPost:
    """One post: what was acknowledged there, and what its readers saw.

    A clap is acknowledged with the count after it. Every count that is not less has that clap in it, because
    a crowd takes nothing back; so a reader has seen a clap when its page shows at least that number.

    :param post_id: its number.
    """

    __slots__ = ("_acknowledged", "_steps", "goal", "id", "start")

    def __init__(self, post_id: int) -> None:
        self.id = post_id
        self.goal = UNSEEN
        self.start = UNSEEN
        self._acknowledged: list[tuple[int, float]] = []
        # Ten thousand readers make the same step within some milliseconds: (wire, from, to) → millisecond → readers.
        self._steps: dict[tuple[str, int, int], Counter[int]] = {}

    @property
    def acknowledged(self) -> int:
        """How many claps were acknowledged."""
        return len(self._acknowledged)

    def acknowledge(self, count: int, sent_at: float) -> None:
        """Note a clap that was sent at a moment (of ``time.monotonic``), and the count that it was told."""
        self._acknowledged.append((count, sent_at * 1000))
        if count > self.goal:
            self.goal = count

    def step(self, before: int, after: int, *, wire: str) -> None:
        """Note that a reader's page, which showed ``before``, shows ``after`` now."""
        arrivals = self._steps.get((wire, before, after))
        if arrivals is None:
            self._steps[wire, before, after] = arrivals = Counter()
        arrivals[int(time.monotonic() * 1000) + 1] += 1

    def latencies(self) -> dict[str, Counter[int]]:
        """By wire, milliseconds from clap to sight, rounded up, and how many pairs of clap and reader took them."""
        claps = sorted(self._acknowledged)
        counts = [count for count, _ in claps]
        found: dict[str, Counter[int]] = defaultdict(Counter)
        for (wire, before, after), arrivals in self._steps.items():
            shown = claps[bisect_right(counts, before) : bisect_right(counts, after)]
            for _, sent_ms in shown:
                for at_ms, readers in arrivals.items():
                    found[wire][max(0, int(at_ms - sent_ms))] += readers
        return found

    def unseen_by(self, shown: Iterable[int]) -> int:
        """How many pairs of clap and reader there are in which the clap was never seen.

        :param shown: what each reader's page shows in the end.
        """
        counts = sorted(count for count, _ in self._acknowledged)
        return sum(len(counts) - bisect_right(counts, last) for last in shown if last < self.goal)


@dataclass(frozen=True, slots=True)
class Sights:
    """How long claps took to be seen, in milliseconds, over all pairs of a clap and a reader of its post."""

    pairs: int = 0
    p50: int = 0
    p95: int = 0
    p99: int = 0
    most: int = 0


def measure(posts: Iterable[WatchedPost]) -> dict[str, Sights]:
    """Put the latencies of all posts together, by wire; every wire is all those of readers."""
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for post in posts:
        for wire, latencies in post.latencies().items():
            found[wire].update(latencies)
    every = Counter[int]()
    for wire, latencies in found.items():
        if wire != DASHBOARD:
            every.update(latencies)
    return {EVERY_WIRE: rank(every), **{wire: rank(found[wire]) for wire in sorted(found)}}


def rank(latencies: Counter[int]) -> Sights:
    """Find the percentiles of milliseconds that were counted."""
    pairs = latencies.total()
    if not pairs:
        return Sights()
    marks, passed = {0.5: 0, 0.95: 0, 0.99: 0}, 0
    ahead = list(marks)
    for milliseconds in sorted(latencies):
        passed += latencies[milliseconds]
        while ahead and passed >= ahead[0] * pairs:
            marks[ahead.pop(0)] = milliseconds
    return Sights(pairs, marks[0.5], marks[0.95], marks[0.99], max(latencies))
