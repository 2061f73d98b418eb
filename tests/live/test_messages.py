"""The one shape of news for programs."""

from __future__ import annotations

import pytest

from claps.live.messages import dump, news_lines, news_messages, position_at
from claps.plain.news import News
from claps.plain.topics import Topic, post_topic
from claps.plain.versions import PAGED, Version

TABLE = Topic("table", "prices")
AT_9 = Version("e", 9)
PUT = {"op": "put", "key": "b t", "value": {"usd": "½"}, "at": "2026-11-21T12:00:00.000Z"}
GONE = {"op": "expire", "key": "b t", "at": "2026-11-21T12:00:00.000Z"}


def test_each_event_is_a_message_with_the_version_after_it() -> None:
    told = news_messages(News(TABLE, AT_9, events=(PUT, GONE)))

    assert told == [
        {"topic": "table:prices", "version": "e.8", "event": PUT},
        {"topic": "table:prices", "version": "e.9", "event": GONE},
    ]


@pytest.mark.parametrize(
    ("news", "told"),
    [
        (News(post_topic(1), AT_9, state={"claps": 3}), {"version": "e.9", "state": {"claps": 3}}),
        (News(TABLE, AT_9, resync=True, cursor=""), {"version": "e.9~", "resync": True}),
        (News(TABLE, AT_9, state={"entries": []}, cursor="YQ"), {"version": "e.9~YQ", "state": {"entries": []}}),
        (News(TABLE, AT_9, ends_snapshot=True), {"version": "e.9", "snapshot": "end"}),
        (News(TABLE, AT_9, events=(PUT,), cursor=PAGED), {"version": "e.9~.", "event": PUT}),
    ],
)
def test_what_is_no_event_is_one_message(news: News, told: dict[str, object]) -> None:
    assert news_messages(news) == [{"topic": str(news.topic), **told}]


@pytest.mark.parametrize(
    ("news", "text"),
    [
        (News(post_topic(1), AT_9, state={"claps": 3}), "3\n"),
        (News(TABLE, AT_9, state={"entries": [{"key": "a", "value": 1}]}), 'put "a" 1\n'),
        (News(TABLE, AT_9, events=(PUT, GONE)), 'put "b t" {"usd":"½"}\nexpire "b t"\n'),
        (News(TABLE, AT_9, resync=True), "resync\n"),
        (News(TABLE, AT_9, ends_snapshot=True), ""),
        (News(Topic("comments", "1"), AT_9, events=({"op": "put", "id": 7},)), ""),
    ],
)
def test_small_clients_get_lines(news: News, text: str) -> None:
    assert news_lines(news) == text


def test_before_its_events_one_is_where_they_begin() -> None:
    assert position_at(News(TABLE, AT_9, events=(PUT, GONE)), 0) == "e.7"


def test_json_has_no_needless_blanks() -> None:
    assert dump({"a": ["ä", 1]}) == '{"a":["ä",1]}'
