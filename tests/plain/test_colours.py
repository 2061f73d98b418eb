"""Colours out of addresses."""

from __future__ import annotations

import pytest

from claps.plain.colours import ink_on, luminance, parse_colour
from claps.plain.errors import Invalid


@pytest.mark.parametrize("text", ["c0390f", "#C0390F", " c0390f "])
def test_a_colour_is_six_digits(text: str) -> None:
    assert parse_colour(text) == "c0390f"


def test_a_colour_is_three_digits_or_a_name_as_well() -> None:
    assert [parse_colour(text) for text in ("c03", "#fff", "green", "RebeccaPurple")] == [
        "cc0033", "ffffff", "008000", "663399"
    ]


@pytest.mark.parametrize("text", ["", "c0390", "greenish", "rgb(1,2,3)", "red;fill:url(/)", '"><script>', "#12345678"])
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse_colour(text)


@pytest.mark.parametrize("colour", ["c0390f", "ffd400", "008000", "000000", "ffffff", "767676", "808080"])
def test_what_is_written_on_a_colour_can_be_read(colour: str) -> None:
    ink, ground = (1.0 if ink_on(colour) == "fff" else 0.0), luminance(colour)

    lighter, darker = max(ink, ground), min(ink, ground)

    assert (lighter + 0.05) / (darker + 0.05) >= 4.5
