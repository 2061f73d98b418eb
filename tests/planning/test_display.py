"""A plan as people read it."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from claps.planning.display import bytes_text, count_text, show_plan
from claps.planning.figures import WHAT, Figures
from claps.planning.loads import Load
from claps.planning.plans import make_plan
from tests.planning.sites import make_load


def show(load: Load) -> str:
    """A plan as it is printed."""
    console = Console(file=io.StringIO(), width=200)
    show_plan(make_plan(load, Figures()), console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_it_tells_what_is_needed_seen_paid_and_full_first_and_from_what() -> None:
    text = show(make_load())

    for word in ("workers", "pub/sub messages", "clap to sight, p50", "EUR", "USD", "not cured by more machines"):
        assert word in text
    assert all(what in text for what in WHAT.values())
    assert "published: Centrifugo" in text


def test_what_is_past_is_full_and_said_below() -> None:
    text = show(make_load(10_000_000, 1_000_000, 2_000_000.0))

    assert "full" in text and "Beyond this version:" in text


@pytest.mark.parametrize(("value", "text"), [(0, "0 B"), (1_500, "1.5 KB"), (2.5e12, "2.5 TB"), (3e15, "3 PB")])
def test_sizes_have_a_unit_that_suits_them(value: float, text: str) -> None:
    assert bytes_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.5, "0.5"), (12_345, "12,345"), (2.5e6, "2.5 million"), (7e9, "7 billion")]
)
def test_counts_are_short(value: float, text: str) -> None:
    assert count_text(value) == text
