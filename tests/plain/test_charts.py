"""Numbers as pictures."""

from __future__ import annotations

from claps.plain.charts import BARS_MOST, chart_of


def test_the_highest_number_is_as_high_as_the_picture() -> None:
    chart = chart_of([1, 4, 2])

    assert (chart.width, chart.height, chart.top) == (30, 100, 4)
    assert chart.bars == "M1 100v-25h8v25zM11 100v-100h8v100zM21 100v-50h8v50z"


def test_the_smallest_number_can_be_seen_and_nothing_is_not_drawn() -> None:
    assert chart_of([0, 1, 1_000_000]).bars.startswith("M11 100v-1h8v1z")


def test_the_time_before_is_a_line_at_the_same_scale() -> None:
    chart = chart_of([1, 2], before=[4, 0])

    assert chart.top == 4
    assert chart.before == "M0 0h10V100h10"
    assert chart_of([1, 2], before=[0, 0]).before == ""


def test_what_was_taken_back_is_drawn_as_nothing() -> None:
    assert chart_of([-3, 0]) == chart_of([0, 0])
    assert chart_of([-3, 0]).top == 0


def test_many_numbers_are_an_area() -> None:
    chart = chart_of([1] * (BARS_MOST + 1))

    assert chart.bars.startswith("M0 100V0h10V0h10") and chart.bars.endswith("V100z")
    assert chart_of([0] * (BARS_MOST + 1)).bars == ""
