"""News as HTML: which partials, in which words, the same on every wire."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from jinja2 import Environment, FileSystemLoader

from claps.acts.dashboard import desk_news
from claps.acts.looking import tally_news
from claps.plain.dashboard import DeskPost, DeskRow, make_desk
from claps.plain.news import News
from claps.plain.tallies import Tally
from claps.plain.topics import Topic, post_topic
from claps.plain.versions import Version
from claps.settings import ROOT
from claps.web.fragments import Fragments, live_url, tally_parts

NONE_YET = Tally(12, Version("e", 0))
TALLY = Tally(12, Version("e", 41), claps=1_235, people=12, likes=3, views=912, comments=4, readers=37)
AT = datetime(2026, 11, 21, tzinfo=UTC)


def render(tally: Tally, parts: frozenset[str]) -> str:
    """The partials of a post, as every wire that carries HTML sends them."""
    templates = Environment(loader=FileSystemLoader(ROOT / "claps" / "templates"), autoescape=True)
    templates.filters["number"] = lambda number: f"{number:,}"
    fields: Any = templates.get_template("posts/_fields.html").module
    return str(fields.partials(tally, parts))


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


@pytest.fixture
def fragments(app: Flask) -> Fragments:
    """What renders news; it needs no request."""
    return Fragments(app)


def test_everything_is_told_to_who_has_seen_nothing(fragments: Fragments) -> None:
    html = fragments.fragments(tally_news(TALLY), before=None)

    for partial in (
        '<hx-partial id="claps-12">1,235</hx-partial>', '<hx-partial id="people-12">from 12 people</hx-partial>',
        '<hx-partial id="readers-12">37 reading now</hx-partial>', '<hx-partial id="likes-12">3</hx-partial>',
        '<hx-partial id="views-12">912</hx-partial>', '<hx-partial id="comments-12">4</hx-partial>',
    ):
        assert partial in html


def test_only_what_changed_is_told_to_who_saw_the_last(fragments: Fragments) -> None:
    after = replace(TALLY, claps=1_236, readers=0)

    html = fragments.fragments(tally_news(after), before=tally_news(TALLY))

    assert html == '<!--12@e.41--><hx-partial id="claps-12">1,236</hx-partial><hx-partial id="readers-12"></hx-partial>'


def test_posts_with_the_same_counts_are_told_with_their_own_ids_and_versions(fragments: Fragments) -> None:
    other = replace(TALLY, post_id=13, version=Version("f", 7))

    told = [fragments.fragments(tally_news(tally), before=None) for tally in (TALLY, other, TALLY)]

    assert told[0] == told[2]
    assert told[0].startswith("<!--12@e.41-->") and told[1].startswith("<!--13@f.7-->")
    assert told[0].replace("-12\"", "-13\"").partition("-->")[2] == told[1].partition("-->")[2]


def test_a_running_poller_asks_for_what_comes_next_and_a_parked_one_for_everything(fragments: Fragments) -> None:
    positions = [(post_topic(12), "e.41"), (post_topic(13), "")]

    running, parked = (fragments.poller(positions, parked=parked) for parked in (False, True))

    assert 'hx-get="/live?topic=post:12&amp;since=e.41&amp;topic=post:13&amp;since="' in running
    assert "load, every 3000ms" in running
    assert 'hx-get="/live?topic=post:12&amp;since=&amp;topic=post:13&amp;since="' in parked
    assert "every" not in parked and "load delay:60s" in parked
    assert running.startswith('<div id="lp" hx-swap-oob="true"')


def test_the_frame_has_a_line_for_a_post_and_for_a_dashboard(fragments: Fragments) -> None:
    shown = fragments.frame_line(tally_news(TALLY))
    assert "1,235" in shown and "likes</span>" in shown
    desk = make_desk([DeskRow(DeskPost(12, "On <bells>", AT), TALLY)], 29_900_000)

    assert "On &lt;bells&gt;" in fragments.frame_line(desk_news(Topic("writer", "1"), desk))


def test_a_held_page_asks_again_from_where_it_is(fragments: Fragments) -> None:
    html = fragments.held_page([tally_news(TALLY)], [(post_topic(12), "e.41")])

    assert html.startswith("<!doctype html>")
    assert html.count("/live/frame?topic=post:12&amp;since=e.41") == 2
    assert "1,235" in html


def test_addresses_name_topics_in_their_order() -> None:
    assert live_url([(post_topic(12), "e.41")], path="/live/frame") == "/live/frame?topic=post:12&since=e.41"
    two = [(post_topic(12), ""), (Topic("writer", "1"), "")]
    assert live_url(two) == "/live?topic=post:12&since=&topic=writer:1&since="


@pytest.mark.parametrize("parked", [True, False])
def test_what_a_list_asks_again_with_says_that_it_is_one(app: Flask, parked: bool) -> None:
    html = Fragments(app, listed=True).poller([(post_topic(12), "e.41")], parked=parked)

    assert f'topic=post:12&amp;since={"" if parked else "e.41"}&amp;listed=1"' in html


def test_news_of_nothing_that_is_shown_is_empty(fragments: Fragments) -> None:
    assert fragments.fragments(News(Topic("person", "7"), Version("e", 1)), before=None) == ""
    assert fragments.frame_line(News(Topic("person", "7"), Version("e", 1))) == ""
