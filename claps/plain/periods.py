"""Which time a page of figures is about, as its address says it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from claps.plain.errors import Invalid, NotFound
from claps.plain.figures import Span, grain_kept, span_of
from claps.plain.limits import FIGURE_DAYS_MOST, FIGURE_HOURS_MOST

RANGES: dict[str, tuple[str, timedelta]] = {
    "24h": ("24 hours", timedelta(hours=24)), "7d": ("7 days", timedelta(days=7)),
    "30d": ("30 days", timedelta(days=30)), "365d": ("year", timedelta(days=365)),
}
_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")


@dataclass(frozen=True, slots=True)
class Period:
    """A time that was chosen.

    :ivar range: the name of a range that ends now, or empty.
    :ivar query: the part of an address that chooses it again.
    :ivar title_text: as in "the last 7 days".
    :ivar before_text: the time it is compared with, as in "the 7 days before".
    """

    range: str
    span: Span
    query: str
    title_text: str
    before_text: str

    @property
    def first_day(self) -> date:
        """The day that it begins with."""
        return self.span.begin.date()

    @property
    def last_day(self) -> date:
        """The day that it ends with."""
        return (self.span.end - timedelta(minutes=1)).date()


@dataclass(frozen=True, slots=True)
class Week:
    """A week of ISO 8601, Monday to Sunday."""

    name: str
    monday: date

    @property
    def span(self) -> Span:
        """Its seven days."""
        begin = datetime.combine(self.monday, datetime.min.time(), UTC)
        return span_of(begin, begin + timedelta(days=7), "day")

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + timedelta(days=6)

    def other(self, weeks: int) -> Week:
        """The week that lies so many after it."""
        return week_of(self.monday + timedelta(weeks=weeks))


def read_period(args: Mapping[str, str], now: datetime) -> Period:
    """Read a period from an address: ``range``, or ``from`` and ``to``, and ``grain``.

    :raises Invalid: it names none, or one that is longer than is shown.
    """
    wanted = args.get("grain", "")
    if wanted not in ("", "hour", "day"):
        raise Invalid("grain", "Figures are shown by the hour or by the day.")
    if args.get("from") or args.get("to"):
        return _between(args.get("from", ""), args.get("to", ""), wanted, now)
    name = args.get("range") or "7d"
    if name not in RANGES:
        raise Invalid("range", "This is none of the ranges there are.")
    words, length = RANGES[name]
    grain: Literal["hour", "day"] = "hour" if name == "24h" or (wanted == "hour" and name != "365d") else "day"
    step = timedelta(hours=1) if grain == "hour" else timedelta(days=1)
    end = span_of(now, now + timedelta(minutes=1), grain).end
    span = Span(end - max(step, length), end, grain)
    query = f"range={name}" + (f"&grain={grain}" if grain == wanted else "")
    return Period(name, span, query, f"the last {words}", f"the {words} before")


def read_week(name: str) -> Week:
    """Read the name of a week, as in ``2026-W47``.

    :raises NotFound: there is no such week.
    """
    match = _WEEK.fullmatch(name)
    try:
        monday = date.fromisocalendar(int(match[1]), int(match[2]), 1) if match else None
    except ValueError:
        monday = None
    if monday is None or not 2000 <= monday.year <= 2999:
        raise NotFound("There is no such week.")
    return Week(name, monday)


def week_of(day: date) -> Week:
    """Tell the week that a day lies in."""
    year, number, _ = day.isocalendar()
    return Week(f"{year}-W{number:02}", date.fromisocalendar(year, number, 1))


def _between(first_text: str, last_text: str, wanted: str, now: datetime) -> Period:
    first = _day("from", first_text)
    last = _day("to", last_text or now.date().isoformat())
    if last < first:
        raise Invalid("to", "This is before the first day.")
    days = (last - first).days + 1
    if days > FIGURE_DAYS_MOST:
        raise Invalid("from", f"At most {FIGURE_DAYS_MOST:,} days are shown at once.")
    begin = datetime.combine(first, datetime.min.time(), UTC)
    by_hour = wanted == "hour" or (not wanted and days == 1)
    if wanted == "hour" and (24 * days > FIGURE_HOURS_MOST or grain_kept(begin, now) == "day"):
        raise Invalid("grain", "By the hour figures are kept for 35 days, and shown for 31. By the day there are all.")
    grain: Literal["hour", "day"] = "hour" if by_hour and grain_kept(begin, now) != "day" else "day"
    span = span_of(begin, begin + timedelta(days=days), grain)
    query = f"from={first}&to={last}" + (f"&grain={grain}" if grain == wanted else "")
    words = "day" if days == 1 else f"{days} days"
    return Period("", span, query, _title(first, last), f"the {words} before")


def _day(field: str, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(field, "Write the day like 2026-11-21.") from error
    if not 2000 <= day.year <= 2999:
        raise Invalid(field, "There are no figures of that year.")
    return day


def _title(first: date, last: date) -> str:
    if first == last:
        return f"{first.day} {first:%b %Y}"
    return f"{first.day} {first:%b %Y} to {last.day} {last:%b %Y}"
