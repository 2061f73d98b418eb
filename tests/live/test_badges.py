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
    """What is in an answer of several parts, as the standard library reads it."""
    head, _, body = answer.partition(b"\r\n\r\n")
    message = BytesParser().parsebytes(head.partition(b"\r\n")[2] + b"\r\n\r\n" + body + b"--")
    payload = message.get_payload()
    assert isinstance(payload, list) and message.get_content_type() == "multipart/x-mixed-replace"
    return [part.get_payload(decode=True).decode() for part in payload if part.get_content_type() == "image/svg+xml"]


def test_each_count_is_a_picture_behind_the_other(badge: MovingBadge) -> None:
    answer = badge.opening(ONE) + badge.tell((tell(40, claps=9),), ONE, before=None)
    answer += badge.heartbeat(ONE) + badge.tell((tell(41, claps=12),), ONE, before=tell(40, claps=9))

    assert parts_of(answer) == [draw_badge(9, Look(label="hands")), draw_badge(12, Look(label="hands"))]


def test_a_picture_is_sent_with_the_boundary_behind_it_because_chromium_waits_for_that(badge: MovingBadge) -> None:
    assert badge.tell((tell(41, claps=9),), ONE, before=None).endswith(b"</svg>\n\r\n--claps\r\n")


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
