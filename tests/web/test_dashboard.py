"""A dashboard as HTML: what differs, and once for all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask

from claps.acts.dashboard import desk_news
from claps.plain.dashboard import QUIET, Desk, DeskPost, DeskRow, Minutes, Remark, make_desk
from claps.plain.reactions import Reaction
from claps.plain.tallies import Tally
from claps.plain.topics import Topic
from claps.plain.versions import Version
from claps.web.dashboard import DeskHtml
from claps.web.fragments import Fragments

MINUTE = 29_900_000
AT = datetime(2026, 11, 21, tzinfo=UTC)
LATELY: Minutes = ((*[0] * 29, 5), *QUIET[1:])


@pytest.fixture
def html(app: Flask) -> DeskHtml:
    """What renders dashboards; it needs no request."""
    return DeskHtml(lambda template, **values: app.jinja_env.get_template(template).render(**values))


def row(post_id: int, minutes: Minutes = QUIET, *, title: str = "On <bells>") -> DeskRow:
    """A post's row."""
    tally = Tally(post_id, Version("e", 41), claps=1_235, people=12, likes=3, views=912, comments=4, readers=37)
    return DeskRow(DeskPost(post_id, title, AT), tally, minutes)


def clapped(desk: Desk, post_id: int = 12) -> Desk:
    """The dashboard after three claps."""
    tally = desk.rows[post_id].tally
    return desk.with_tally(replace(tally, claps=tally.claps + 3, version=Version("e", 42)), now_minute=MINUTE)


def came(desk: Desk, post_id: int) -> Desk:
    """The dashboard after one more reader."""
    tally = desk.rows[post_id].tally
    return desk.with_tally(replace(tally, readers=tally.readers + 1, version=Version("e", 42)), now_minute=MINUTE)


def test_a_clap_moves_its_post_the_sum_and_the_chart_and_nothing_else(html: DeskHtml) -> None:
    before = make_desk([row(13), row(12, LATELY)], MINUTE)

    told = html.partials(clapped(before), before)

    for partial in (
        '<hx-partial id="claps-12">1,238</hx-partial>', '<hx-partial id="claps-0">2,473</hx-partial>',
        '<hx-partial id="latelyclaps-0"><svg', '<hx-partial id="minutes-12"><svg', "8 in the last 30 minutes",
        f'<hx-partial id="tick-claps-12-{MINUTE}"><b>8</b> claps</hx-partial>',
    ):
        assert partial in told
    for other in ("-13", "likes", "views", 'id="moving"', 'id="ticks"', 'id="remarks"', "readers"):
        assert other not in told


def test_a_post_that_begins_to_move_comes_into_the_list(html: DeskHtml) -> None:
    before = make_desk([row(14), row(13), row(12)], MINUTE)

    told = html.partials(make_desk([row(15, title="New"), *before.rows.values()], MINUTE), before)

    assert '<hx-partial id="moving"><li>' in told and "New" in told


def test_of_a_post_that_is_only_named_its_readers_are_told(html: DeskHtml) -> None:
    rows = [row(post_id, LATELY) for post_id in range(40, 20, -1)]
    read = [replace(one, tally=replace(one.tally, readers=2 * one.post.id)) for one in rows]
    known = make_desk(read, MINUTE)
    last = known.also_read(known.shown())[-1]

    told = html.partials(came(known, last.post.id), known)

    assert f'<hx-partial id="readers-{last.post.id}">43 reading now</hx-partial>' in told
    assert f'id="claps-{last.post.id}"' not in told and 'id="also"' not in told


def test_a_tick_is_told_anew_when_it_is_known_who_it_was(html: DeskHtml) -> None:
    before = make_desk([row(12, LATELY)], MINUTE)
    people = [Reaction(MINUTE, 12, "claps", number, f"p{number}", f"<{number}>", 2) for number in (2, 3)]

    told = html.partials(before.with_reactions(people), before)

    assert f'<hx-partial id="givers-claps-12-{MINUTE}">from &lt;2&gt;, &lt;3&gt; and others</hx-partial>' in told
    assert 'id="ticks"' not in told


def test_who_has_seen_nothing_is_told_each_count_for_pages_without_the_list(html: DeskHtml) -> None:
    told = html.partials(make_desk([row(12)], MINUTE), None)

    assert told.index('<hx-partial id="moving">') < told.index('<hx-partial id="claps-12">1,235</hx-partial>')


def test_minutes_pass(html: DeskHtml) -> None:
    before = make_desk([row(12, LATELY)], MINUTE)

    told = html.partials(before.aged(MINUTE + 1), before)

    assert '<hx-partial id="minutes-12">' in told and '<hx-partial id="latelyclaps-0">' in told
    assert 'id="claps-12"' not in told


def test_a_comment_is_shown_with_its_words(html: DeskHtml) -> None:
    before = make_desk([row(12)], MINUTE)
    remark = Remark(7, before.rows[12].post, "Ben", "So <loud>!", AT)

    told = html.partials(replace(before, remarks=(remark,)), before)

    assert "So &lt;loud&gt;!" in told and "/posts/12#comment-7" in told


def test_what_is_shown_is_rendered_once_for_all(html: DeskHtml) -> None:
    before = make_desk([row(12, LATELY)], MINUTE)
    after = clapped(before)

    told = {html.partials(after, before) for _ in range(100)} | {html.partials(after, None) for _ in range(100)}

    assert (len(told), html.rendered) == (2, 2)


def test_of_a_thousand_posts_a_clap_tells_one(html: DeskHtml) -> None:
    before = make_desk([row(post_id, LATELY) for post_id in range(1_000, 0, -1)], MINUTE)

    told = html.partials(clapped(before, 1_000), before)

    assert told.count("<hx-partial") < 9
    assert len(told) < 2_500


def test_the_frame_has_the_same_in_one_paragraph(app: Flask) -> None:
    line = Fragments(app).frame_line(desk_news(Topic("writer", "1"), make_desk([row(12, LATELY)], MINUTE)))

    assert "On &lt;bells&gt;" in line and "5 in the last 30 minutes" in line
    assert "<p>" not in line and "<p " not in line and "<li" not in line
