"""The names of things that can be watched."""

from __future__ import annotations

import pytest

from claps.plain.errors import NotFound
from claps.plain.limits import SHARDS
from claps.plain.topics import (
    Topic,
    desk_page_topic,
    desk_post_topic,
    feed_topic,
    parse_topic,
    post_topic,
    posts_topic,
    shard_of,
)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("post:12", Topic("post", "12")),
        ("post:12:comments", Topic("comments", "12")),
        ("table:btc-2026", Topic("table", "btc-2026")),
        ("person:7", Topic("person", "7")),
        ("writer:7", Topic("writer", "7")),
        ("writer:7:post:12", Topic("writer", "7:post:12")),
        ("writer:7:below:0", Topic("writer", "7:below:0")),
        ("person:9223372036854775807", Topic("person", "9223372036854775807")),
        ("posts:0", Topic("posts", "0")),
        ("feed:7:120", Topic("feed", "7:120")),
    ],
)
def test_a_name_is_read_and_spelled_the_same(text: str, topic: Topic) -> None:
    assert parse_topic(text) == topic
    assert str(topic) == text


@pytest.mark.parametrize(
    "text",
    ["", "post", "post:", "post:0", "post:012", "post:-1", "post:1.5", "post:12 ", " post:12", "post:12\n", "post:١٢",
     "post:1" + "0" * 18, "POST:12", "post:12:likes", "table:", "table:A", "table:a_b", "table:" + "a" * 65,
     "person:0", "person:ada", "nothing:1", "canary:1-a",
     "writer:7:post:0", "writer:7:post", "writer:7:below:", "writer:7:posts:1",
     "posts:", "posts:01", "feed:7", "feed:0:1", "feed:7:", "feed:7:1:2"],
)
def test_nothing_else_is_a_topic(text: str) -> None:
    with pytest.raises(NotFound):
        parse_topic(text)


def test_a_strange_name_is_not_told_back_at_length() -> None:
    with pytest.raises(NotFound) as error:
        parse_topic("x" * 5_000)

    assert len(error.value.message) < 200


def test_of_a_state_only_the_newest_matters_and_of_a_log_everything() -> None:
    kinds = ("post", "comments", "table", "person", "writer", "posts", "feed")

    states = {kind for kind in kinds if Topic(kind, "1").is_state}

    assert states == {"post", "writer", "posts", "feed"}


def test_a_posts_topic_has_its_number() -> None:
    assert str(post_topic(12)) == "post:12"
    assert post_topic(12).number == 12


def test_what_is_newer_begins_behind_a_post() -> None:
    assert (str(posts_topic(120)), posts_topic(120).after_id) == ("posts:120", 120)
    assert (feed_topic(7, 120).number, feed_topic(7, 120).after_id) == (7, 120)


def test_a_dashboard_has_parts() -> None:
    assert [topic.part for topic in map(parse_topic, ("writer:7", "writer:7:post:12", "writer:7:below:0"))] == [
        ("", 0), ("post", 12), ("below", 0),
    ]
    assert parse_topic(str(desk_post_topic(7, 12))).number == parse_topic(str(desk_page_topic(7, 0))).number == 7


def test_posts_are_spread_over_all_shards() -> None:
    assert {shard_of(post_id) for post_id in range(1, 100)} == set(range(SHARDS))
    assert shard_of(12) == 12
