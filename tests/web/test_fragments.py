"""News as HTML: which partials, and in which words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from jinja2 import Environment, FileSystemLoader

from claps.plain.tallies import Tally
from claps.plain.versions import Version
from claps.settings import ROOT
from claps.web.fragments import tally_parts

NONE_YET = Tally(12, Version("e", 0))


def render(tally: Tally, parts: frozenset[str]) -> str:
    """The partials of a post, as every wire that carries HTML sends them."""
    templates = Environment(loader=FileSystemLoader(ROOT / "claps" / "templates"), autoescape=True)
    templates.filters["number"] = lambda number: f"{number:,}"
    return templates.get_template("posts/_tally.html").render(tally=tally, parts=parts)


@pytest.mark.parametrize(
    ("claps", "people", "text"),
    [
        (0, 0, "0 claps from nobody yet"),
        (1, 1, "1 clap from one person"),
        (2, 1, "2 claps from one person"),
        (1_235, 157, "1,235 claps from 157 people"),
    ],
)
def test_claps_and_people_read_as_a_sentence(claps: int, people: int, text: str) -> None:
    tally = replace(NONE_YET, claps=claps, people=people)

    html = render(tally, frozenset({"claps", "word", "people"}))

    partials = [f'<hx-partial id="{name}-12">' for name in ("claps", "word", "people")]
    for partial in partials:
        html = html.replace(partial, "")
    assert html.removeprefix("<!--12@e.0-->").replace("</hx-partial>", " ").strip() == text


@pytest.mark.parametrize(("before", "after", "told"), [(0, 1, True), (1, 2, True), (2, 1, True), (2, 3, False)])
def test_the_word_is_told_only_where_it_changes(before: int, after: int, told: bool) -> None:
    parts = tally_parts(replace(NONE_YET, claps=before), replace(NONE_YET, claps=after))

    assert parts == {"claps", "word"} if told else parts == {"claps"}


def test_who_has_seen_nothing_is_told_everything() -> None:
    assert tally_parts(None, NONE_YET) >= {"claps", "word", "people", "readers", "likes", "views", "comments"}


def test_a_posts_partials_begin_with_its_number_and_version() -> None:
    assert render(replace(NONE_YET, version=Version("tou8hh", 41)), frozenset()) == "<!--12@tou8hh.41-->"
