"""What a post or a writer got in a minute, an hour or a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Literal

from claps.plain.limits import HOURS_KEPT, MINUTES_OF_FIGURES_KEPT
from claps.plain.tallies import Tally

Grain = Literal["minute", "hour", "day"]
MINUTE, HOUR, DAY = 1, 60, 24 * 60
# 32 days, which nobody asks for: a year is read as eleven of them and the days at both ends.
BLOCK = 32 * DAY
MINUTES_OF: dict[Grain, int] = {"minute": MINUTE, "hour": HOUR, "day": DAY}
# What adds up; readers do not, because who comes twice is one.
COUNTED = ("views", "claps", "people", "likes", "comments", "follows")
NAMES = ("views", "readers", "claps", "people", "likes", "comments", "follows")


@dataclass(frozen=True, slots=True)
class Figures:
    """What came in some time; less than nothing where more was taken back than given.

    ``readers`` is how many there were of whom a view was counted, each once, as estimated. ``people`` is how many more
    clapped than before; of a writer, who clapped for two posts is counted with both. ``follows`` a post has none.
    """

    views: int = 0
    readers: int = 0
    claps: int = 0
    people: int = 0
    likes: int = 0
    comments: int = 0
    follows: int = 0

    def __add__(self, other: Figures) -> Figures:
        """Add what adds up; readers do not, and are left out."""
        return Figures(**{name: getattr(self, name) + getattr(other, name) for name in COUNTED})

    @property
    def claps_per_person(self) -> float | None:
        """Claps of each one who clapped; None where nobody did."""
        return self.claps / self.people if self.people > 0 else None

    @property
    def clap_rate(self) -> float | None:
        """Which share of the readers clapped; None without readers. Over 1 when claps came without views."""
        return max(0, self.people) / self.readers if self.readers > 0 else None

    def counts(self) -> dict[str, int]:
        """The figures by name, in their order."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True)
class Span:
    """From ``begin`` up to and without ``end``, in whole grains of UTC; made by :func:`span_of`."""

    begin: datetime
    end: datetime
    grain: Grain

    def before(self) -> Span:
        """The time of the same length that ends where this begins."""
        return Span(self.begin - (self.end - self.begin), self.begin, self.grain)

    @property
    def minutes(self) -> range:
        """Where each grain begins, in minutes since 1970."""
        return range(minute_of(self.begin), minute_of(self.end), MINUTES_OF[self.grain])


@dataclass(frozen=True, slots=True)
class Point:
    """What came in one grain of a span."""

    at: datetime
    figures: Figures


@dataclass(frozen=True, slots=True)
class Minutes:
    """A post's last minutes, oldest first, by name; ``stored`` are its counts at the same instant."""

    stored: Tally
    series: Mapping[str, tuple[int, ...]]


def span_of(begin: datetime, end: datetime, grain: Grain) -> Span:
    """Make a span of whole grains: it begins with the grain that ``begin`` lies in, and ends behind the last."""
    size = MINUTES_OF[grain]
    first, last = minute_of(begin) // size, -(-minute_of(end) // size)
    return Span(time_of(first * size), time_of(max(first + 1, last) * size), grain)


def days_and_blocks(begin: int, end: int) -> list[tuple[int, int, int]]:
    """Cut the days between two minutes into whole blocks and the days before and behind them.

    :return: of each part the grain, where it begins and where it ends.
    """
    first, last = -(-begin // BLOCK) * BLOCK, end // BLOCK * BLOCK
    if first >= last:
        return [(DAY, begin, end)]
    parts = [(DAY, begin, first), (BLOCK, first, last), (DAY, last, end)]
    return [part for part in parts if part[1] < part[2]]


def grain_kept(begin: datetime, now: datetime) -> Grain:
    """Name the finest grain in which figures since ``begin`` are still kept."""
    age = minute_of(now) - minute_of(begin)
    if age <= MINUTES_OF_FIGURES_KEPT:
        return "minute"
    return "hour" if age <= HOURS_KEPT * HOUR else "day"


def minute_of(at: datetime) -> int:
    """Tell the minute that a time lies in, counted since 1970."""
    return int(at.timestamp()) // 60


def time_of(minute: int) -> datetime:
    """Tell when a minute begins."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
