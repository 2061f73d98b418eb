"""What a person is told, in one sentence."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from claps.plain.notifications import KINDS, Notification, What, is_told, kind_of, shorten
from claps.plain.people import Person

BEN = Person(2, "ben", "Ben")


def tell(what: What, people: int, actor: Person | None = BEN, *, comment_id: int | None = None) -> Notification:
    """A notification of something that happened to post 12."""
    post_id = None if what == "followed" else 12
    at = datetime(2026, 11, 21, tzinfo=UTC)
    return Notification(7, what, people, actor, post_id, comment_id, "On bells", 3, at, False)


@pytest.mark.parametrize(
    ("what", "people", "actor", "text"),
    [
        ("clapped", 42, BEN, "Ben and 41 others clapped for “On bells”"),
        ("clapped", 1_235, None, "1,235 people clapped for “On bells”"),
        ("liked", 1, BEN, "Ben likes “On bells”"),
        ("liked", 2, BEN, "Ben and 1 other like “On bells”"),
        ("liked_comment", 1, None, "Somebody likes your comment on “On bells”"),
        ("followed", 1, BEN, "Ben follows you"),
        ("followed", 3, BEN, "Ben and 2 others follow you"),
        ("published", 1, BEN, "Ben published “On bells”"),
        ("replied", 1, BEN, "Ben answered your comment on “On bells”"),
    ],
)
def test_it_reads_as_a_sentence(what: What, people: int, actor: Person | None, text: str) -> None:
    assert tell(what, people, actor).text == text


@pytest.mark.parametrize(
    ("item", "url"),
    [
        (tell("clapped", 2), "/posts/12#claps"),
        (tell("published", 1), "/posts/12"),
        (tell("commented", 1, comment_id=77), "/posts/12?c=c77#comment-77"),
        (tell("followed", 1), "/@ben"),
        (tell("followed", 2), "/notifications"),
    ],
)
def test_it_leads_to_where_one_sees_it(item: Notification, url: str) -> None:
    assert item.url == url


def test_a_flood_is_told_at_ones_twos_and_fives() -> None:
    told = [number for number in range(1, 1_001) if is_told(number - 1, number)]

    assert told == [*range(1, 11), 20, 50, 100, 200, 500, 1_000]
    assert is_told(11, 27) and is_told(0, 0) is is_told(9, 4) is is_told(21, 49) is False


def test_everything_that_is_told_can_be_muted() -> None:
    assert kind_of("liked_comment") == kind_of("liked") == "liked"
    assert {kind_of(kind) for kind in KINDS} == set(KINDS)


def test_a_long_name_is_cut() -> None:
    assert (shorten("x" * 80), shorten("x" * 81)) == ("x" * 80, "x" * 80 + "…")
