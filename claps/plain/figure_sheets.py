"""The tables of the dashboard: the same rows on the page, as CSV and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from claps.plain.cards import TITLES, Overview
from claps.plain.dashboard import KINDS, Desk
from claps.plain.figures import NAMES, Figures, Point
from claps.plain.limits import MINUTES_KEPT
from claps.plain.people import Person
from claps.plain.sheets import Cell, Column, Sheet, moment

OF_POST = tuple(name for name in NAMES if name != "follows")
# What is between a page that says nothing of where it led from, and hosts beyond those that are kept apart.
HOSTS = {"": "Directly, or not told", "*": "Other places"}


def times_sheet(points: Iterable[Point], names: Sequence[str] = NAMES) -> Sheet:
    """What came in each hour or day."""
    columns = (Column("at", "Time (UTC)", is_text=True), *(Column(name, TITLES[name]) for name in names))
    rows = tuple((_when(point.at), *(getattr(point.figures, name) for name in names)) for point in points)
    return Sheet("times", "Over time", columns, rows)


def posts_sheet(ranked: Iterable[tuple[int, Figures]], titles: Mapping[int, str]) -> Sheet:
    """What each post got."""
    columns = (
        Column("post", "Post"), Column("title", "Title", is_text=True),
        *(Column(name, TITLES[name]) for name in OF_POST),
    )
    rows = tuple(
        (post_id, titles[post_id], *(getattr(figures, name) for name in OF_POST))
        for post_id, figures in ranked if post_id in titles
    )
    return Sheet("posts", "Each post", columns, rows)


def referrers_sheet(found: Iterable[tuple[str, int]]) -> Sheet:
    """Where readers came from."""
    columns = (Column("host", "From", is_text=True), Column("visits", "Visits"))
    rows = tuple((HOSTS.get(host, host), visits) for host, visits in found)
    return Sheet("referrers", "Where readers came from", columns, rows)


def clappers_sheet(found: Iterable[tuple[Person, int]], *, guests: int, guest_claps: int) -> Sheet:
    """Who clapped, and how much each gave; guests, of whom nothing is known, together."""
    columns = (
        Column("name", "Name", is_text=True), Column("display_name", "Shown as", is_text=True), Column("claps", "Claps")
    )
    rows: list[tuple[Cell, ...]] = [(person.name, person.display_name, claps) for person, claps in found]
    if guests:
        rows.append(("", "One guest" if guests == 1 else f"{guests:,} guests", guest_claps))
    return Sheet("clappers", "Who clapped", columns, tuple(rows))


def minutes_sheet(desk: Desk) -> Sheet:
    """The last 30 minutes of all posts together, the newest first."""
    columns = (Column("at", "Minute (UTC)", is_text=True), *(Column(kind, TITLES[kind]) for kind in KINDS))
    first = desk.minute - MINUTES_KEPT + 1
    rows: list[tuple[Cell, ...]] = []
    for place in reversed(range(MINUTES_KEPT)):
        at = moment(datetime.fromtimestamp((first + place) * 60, UTC))
        rows.append((at, *(counts[place] for counts in desk.minutes)))
    return Sheet("minutes", "The last 30 minutes", columns, tuple(rows))


def compared_sheet(overview: Overview, names: Sequence[str] = NAMES) -> Sheet:
    """A period's totals beside those of the one before."""
    columns = (
        Column("figure", "Figure", is_text=True), Column("now", "This week"), Column("before", "The week before")
    )
    rows = tuple((TITLES[name], getattr(overview.total, name), getattr(overview.before, name)) for name in names)
    return Sheet("totals", "In all", columns, rows)


def _when(at: datetime) -> str:
    return at.date().isoformat() if not (at.hour or at.minute) else moment(at)
