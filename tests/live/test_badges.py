"""A picture after the other, in one answer."""

from __future__ import annotations

from email.parser import BytesParser

import pytest

from claps.live.badges import MovingBadge, make_badges
from claps.plain.badges import Look, draw_badge
from claps.plain.news import News
from claps.plain.tallies import calm_tally
from claps.plain.topics import post_topic
from tests.live.conftest import TOPIC, PlainText, tell

ONE = [(TOPIC, "e.41")]


@pytest.fixture
def badge() -> MovingBadge:
    """The wire of one look."""
    return MovingBadge(PlainText(), Look(label="hands"))


def parts_of(answer: bytes) -> list[str]:
    """What is in an answer of several parts, as the standard library reads it; the last one is still to come."""
    message = BytesParser().parsebytes(answer.partition(b"\r\n")[2] + b"\r\n--claps--")
    payload = message.get_payload()
    assert isinstance(payload, list) and message.get_content_type() == "multipart/x-mixed-replace"
    assert {part.get_content_type() for part in payload} == {"image/svg+xml"}
    return [part.get_payload(decode=True).decode() for part in payload]


def test_each_count_is_a_picture_behind_the_other(badge: MovingBadge) -> None:
    answer = badge.opening(ONE) + badge.tell((tell(40, claps=9),), ONE, before=None)
    answer += badge.tell((tell(41, claps=12),), ONE, before=tell(40, claps=9))

    nine, twelve = (draw_badge(claps, Look(label="hands")) for claps in (9, 12))
    assert parts_of(answer) == [nine, twelve, ""]


def test_a_picture_is_sent_with_the_head_of_the_next_because_chromium_waits_for_that(badge: MovingBadge) -> None:
    told = badge.tell((tell(41, claps=9),), ONE, before=None)

    assert told.endswith(b"</svg>\n\r\n--claps\r\nContent-Type: image/svg+xml\r\n\r\n")


def test_the_sign_of_life_is_the_picture_again_because_an_unfinished_one_would_be_shown_as_broken(
    badge: MovingBadge,
) -> None:
    assert badge.heartbeat(ONE) == b""

    told = badge.tell((tell(41, claps=9),), ONE, before=None)

    assert badge.heartbeat(ONE) == told


def test_a_count_that_stays_is_not_drawn_again(badge: MovingBadge) -> None:
    assert badge.tell((tell(41, claps=9),), ONE, before=tell(40, claps=9)) == b""


def test_a_count_that_is_kept_from_readers_is_not_told(badge: MovingBadge) -> None:
    tally = calm_tally(12)
    news = News(post_topic(12), tally.version, state=tally.counts(), value=tally)

    assert draw_badge(None, Look(label="hands")).encode() in badge.tell((news,), ONE, before=tell(40, claps=9))


def test_who_wants_the_same_look_has_the_same_wire() -> None:
    wire_of = make_badges(PlainText())

    assert wire_of(Look(theme="dark")) is wire_of(Look(theme="dark"))
    assert wire_of(Look(theme="dark")) is not wire_of(Look())


def test_who_sees_a_badge_reads_nothing_and_is_not_moved(badge: MovingBadge) -> None:
    assert (badge.listed, badge.returns_soon, badge.stays) == (True, False, True)
