"""Tables that are taken away."""

from __future__ import annotations

import csv
import io
import json

import pytest

from claps.plain.sheets import Column, Sheet, csv_lines, json_parts

COLUMNS = (Column("title", "Title", is_text=True), Column("claps", "Claps"))


def sheet(*rows: tuple[str | int | None, ...]) -> Sheet:
    """A table of titles and claps."""
    return Sheet("posts", "Each post", COLUMNS, rows)


def test_csv_says_what_the_table_says() -> None:
    text = "".join(csv_lines(sheet(('On "bells", loud\nand soft', 7), ("Ünder", None))))

    assert text.startswith("title,claps\r\n")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["title", "claps"], ['On "bells", loud\nand soft', "7"], ["Ünder", ""],
    ]


@pytest.mark.parametrize("text", ['=HYPERLINK("x")', "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_a_title_is_never_a_formula(text: str) -> None:
    [_, [title, _]] = csv.reader(io.StringIO("".join(csv_lines(sheet((text, 7)))), newline=""))

    assert title == f"'{text}"


def test_a_number_that_is_less_than_nothing_stays_a_number() -> None:
    assert "".join(csv_lines(sheet(("On bells", -3)))).endswith("On bells,-3\r\n")


def test_json_says_what_the_table_says() -> None:
    parts = "".join(json_parts(sheet(("=1", 7), ("Ünder", None))))

    assert json.loads(parts) == [{"title": "=1", "claps": 7}, {"title": "Ünder", "claps": None}]
    assert json.loads("".join(json_parts(sheet()))) == []
