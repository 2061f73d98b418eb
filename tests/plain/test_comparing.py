"""How a number stands to the one before."""

from __future__ import annotations

import pytest

from claps.plain.comparing import Difference, difference


@pytest.mark.parametrize(
    ("now", "before", "arrow", "words"),
    [
        (12, 12, "=", "as many as in May"),
        (0, 0, "=", "as many as in May"),
        (112, 100, "▲", "12 % more than in May (100)"),
        (88, 100, "▼", "12 % fewer than in May (100)"),
        (1_001, 1_000, "▲", "less than 1 % more than in May (1,000)"),
        (300, 100, "▲", "3 times the 100 of May"),
        (5, 0, "▲", "5 more than in May"),
        (0, 40, "▼", "100 % fewer than in May (40)"),
        (-3, 0, "▼", "3 fewer than in May"),
    ],
)
def test_a_difference_is_told_in_words_and_by_an_arrow(now: int, before: int, arrow: str, words: str) -> None:
    assert difference(now, before, than="May") == Difference(arrow, words)
