"""Figures of a period beside those of the period before, each as a number, a sentence and a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from claps.plain.charts import Chart, chart_of
from claps.plain.comparing import Difference, difference
from claps.plain.figures import NAMES, Figures, Point

TITLES = {
    "views": "Views", "readers": "Readers", "claps": "Claps", "people": "People who clapped", "likes": "Likes",
    "comments": "Comments", "follows": "New followers",
}


@dataclass(frozen=True, slots=True)
class Overview:
    """What came in a period and in the one before; ``points`` lie side by side."""

    total: Figures
    before: Figures
    points: tuple[Point, ...]
    before_points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One figure: its total, how it stands to the period before, and its picture."""

    name: str
    title_text: str
    total: int
    difference: Difference
    chart: Chart


def cards_of(overview: Overview, *, than: str, names: Sequence[str] = NAMES) -> tuple[Card, ...]:
    """Make a card of each figure.

    :param than: names the period before, as in "the 7 days before".
    """
    return tuple(_card(name, overview, than) for name in names)


def rates_of(figures: Figures) -> tuple[tuple[str, str], ...]:
    """Tell how readers took to it: what is asked, and the answer; nothing without readers."""
    if figures.readers <= 0:
        return ()
    per_reader = max(0, figures.claps) / figures.readers
    rates = [("Claps per reader", f"{per_reader:.2f}" if per_reader < 10 else f"{per_reader:,.0f}")]
    # Who claps without scrolling past the live part is no view; more than all of them cannot clap.
    rates.append(("Of 100 readers clapped", f"{min(100.0, 100 * (figures.clap_rate or 0)):.0f}"))
    if figures.claps_per_person is not None:
        rates.append(("Claps of each who clapped", f"{max(0, figures.claps_per_person):.1f}"))
    return tuple(rates)


def _card(name: str, overview: Overview, than: str) -> Card:
    now, before = (
        [getattr(point.figures, name) for point in points] for points in (overview.points, overview.before_points)
    )
    total = getattr(overview.total, name)
    compared = difference(total, getattr(overview.before, name), than=than)
    return Card(name, TITLES[name], total, compared, chart_of(now, before))
