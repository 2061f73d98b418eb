"""Figures of a period beside those of the one before."""

from __future__ import annotations

from datetime import UTC, datetime

from claps.plain.cards import Overview, cards_of, rates_of
from claps.plain.figures import Figures, Point

AT = datetime(2026, 11, 21, tzinfo=UTC)


def test_a_card_has_a_total_a_sentence_and_a_picture() -> None:
    points = tuple(Point(AT, Figures(claps=claps)) for claps in (1, 4))
    before_points = Point(AT, Figures(claps=10)), Point(AT, Figures())
    overview = Overview(Figures(claps=5), Figures(claps=10), points, before_points)

    [card] = cards_of(overview, than="the 2 days before", names=["claps"])

    assert (card.title_text, card.total) == ("Claps", 5)
    assert card.difference.words == "50 % fewer than in the 2 days before (10)"
    assert (card.chart.top, card.chart.before) == (10, "M0 0h10V100h10")


def test_rates_are_told_of_readers_alone() -> None:
    assert rates_of(Figures(claps=5, people=2)) == ()
    assert rates_of(Figures(readers=50, claps=20, people=6)) == (
        ("Claps per reader", "0.40"), ("Of 100 readers clapped", "12"), ("Claps of each who clapped", "3.3"),
    )


def test_more_than_all_readers_do_not_clap() -> None:
    assert dict(rates_of(Figures(readers=2, claps=20, people=6)))["Of 100 readers clapped"] == "100"
