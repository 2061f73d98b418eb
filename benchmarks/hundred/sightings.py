"""What the audience saw: the histograms of ``c/sights.h`` of all processes, added up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

STEPS = 32
SECONDS = 1024
HOT, OTHERS, PAGES = range(3)


@dataclass(frozen=True, slots=True)
class Times:
    """How long something took, in milliseconds."""

    count: int
    p50_ms: float
    p99_ms: float
    max_ms: float


class Sightings:
    """Times by class and second of the monotonic clock."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._counts: dict[tuple[int, int], Counter[int]] = defaultdict(Counter)
        self._longest_us: dict[tuple[int, int], int] = defaultdict(int)
        for line in lines:
            kind, second, bucket, amount = line.split()
            key = int(kind), int(second)
            if bucket == "longest":
                self._longest_us[key] = max(self._longest_us[key], int(amount))
            else:
                self._counts[key][int(bucket)] += int(amount)

    def times(self, kind: int, seconds: Sequence[int]) -> Times:
        """Everything of one class in some seconds."""
        keys = [(kind, second % SECONDS) for second in seconds]
        counts: Counter[int] = Counter()
        for key in keys:
            counts.update(self._counts.get(key, {}))
        longest_us = max((self._longest_us.get(key, 0) for key in keys), default=0)
        return Times(
            counts.total(), _quantile(counts, 0.5), min(_quantile(counts, 0.99), longest_us / 1000), longest_us / 1000
        )


def _quantile(counts: Counter[int], share: float) -> float:
    left = counts.total() * share
    for bucket in sorted(counts):
        left -= counts[bucket]
        if left <= 0:
            return _highest_us(bucket) / 1000
    return 0.0


def _highest_us(bucket: int) -> int:
    # The upper edge: what is told is never less than what was.
    doubling, step = divmod(bucket, STEPS)
    return bucket if not doubling else (step + STEPS + 1) << (doubling - 1)
