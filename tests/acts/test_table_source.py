"""What one who watches a table is told: a snapshot in pages, what changed meanwhile, and its end."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice
from typing import Any

import gevent
import pytest

from claps.acts.entries import delete_entry, list_entries, put_entry
from claps.acts.table_source import TablesSource, first_entries
from claps.acts.tables import create_table, delete_table
from claps.app import Core
from claps.live.messages import dump, news_messages
from claps.live.sources import Astray
from claps.plain.limits import ENTRIES_PAGE_BYTES, TABLE_EVENTS_TOLD
from claps.plain.news import News
from claps.plain.tables import table_topic
from claps.plain.topics import Topic
from claps.plain.versions import parse_position
from claps.store.logs import compact
from examples.watch import View
from tests.parts.realtime import Room


@pytest.fixture
def room(shared_core: Core) -> Room:
    """Somebody with tables."""
    return Room(shared_core)


@pytest.fixture
def topic(room: Room) -> Topic:
    """A table with the keys a to g."""
    topic = table_topic(room.make_table().name)
    for number, key in enumerate("abcdefg"):
        put(room, topic, key, number)
    return topic


@pytest.fixture
def source(room: Room, monkeypatch: pytest.MonkeyPatch) -> TablesSource:
    """The source of tables' news, with two entries on a page."""
    monkeypatch.setattr("claps.acts.table_source.SNAPSHOT_ENTRIES", 2)
    monkeypatch.setattr("claps.acts.table_source.SNAPSHOT_ENTRIES_MOST", 2)
    return TablesSource(room.kit.database)


def put(room: Room, topic: Topic, key: str, value: Any) -> None:
    """Give a key a value."""
    put_entry(room.kit, room.reader, topic.key, key, value)


def entries_of(room: Room, topic: Topic) -> dict[str, Any]:
    """What is in a table, in truth."""
    page = list_entries(room.kit, room.reader, topic.key, limit=500)
    return {entry.key: entry.value for entry in page.entries}


def see(view: View, all_news: Iterator[News]) -> list[str]:
    """Show news to one who watches; return the positions."""
    messages = [message for news in all_news for message in news_messages(news)]
    for message in messages:
        view.take(message)
    return [message["version"] for message in messages]


def test_a_table_is_told_in_pages_and_then_its_end(room: Room, source: TablesSource, topic: Topic) -> None:
    told = list(source.opening(topic))

    pages = [[entry["key"] for entry in news.state["entries"]] for news in told if news.state]
    assert pages == [["a", "b"], ["c", "d"], ["e", "f"], ["g"]]
    assert news_messages(told[-1]) == [
        {"topic": str(topic), "version": str(room.table(topic.key).version), "snapshot": "end"}
    ]
    assert [parse_position(news.position).cursor for news in told[-2:]] == [".", None]


def test_what_changes_meanwhile_is_told_once_and_before_the_end(
    room: Room, source: TablesSource, topic: Topic
) -> None:
    view, opening = View(), iter(source.opening(topic))
    see(view, islice(opening, 1))

    put(room, topic, "a", "behind")
    put(room, topic, "f", "ahead")
    put(room, topic, "aa", "new, behind")
    put(room, topic, "ff", "new, ahead")
    delete_entry(room.kit, room.reader, topic.key, "e")
    rest = [message for news in opening for message in news_messages(news)]

    changed = {"a", "f", "aa", "ff", "e"}
    on_pages = [entry["key"] for message in rest for entry in message.get("state", {}).get("entries", ())]
    in_events = [message["event"]["key"] for message in rest if "event" in message]
    assert (set(on_pages) & changed, in_events) == (set(), ["a", "f", "aa", "ff", "e"])
    for message in rest:
        view.take(message)
    assert (view.is_whole, view.state) == (True, entries_of(room, topic))
    assert rest[-1]["version"] == str(room.table(topic.key).version)


@pytest.mark.parametrize(("cut_after", "left"), [(0, 8), (1, 5), (2, 3), (3, 1), (4, 0)])
def test_who_is_cut_off_goes_on_where_that_was(
    room: Room, source: TablesSource, topic: Topic, cut_after: int, left: int
) -> None:
    view = View()
    positions = see(view, islice(source.opening(topic), cut_after))
    put(room, topic, "a", "behind")
    put(room, topic, "z", "ahead")

    rest = list(source.opening(topic, positions[-1] if positions else ""))

    see(view, iter(rest))
    assert not any(news.resync for news in rest)
    assert (view.is_whole, view.state) == (True, entries_of(room, topic))
    told = [entry["key"] for news in rest if news.state for entry in news.state["entries"]]
    assert len(told) == left


@pytest.mark.parametrize("seen", ["e.3", "e.3~YQ", "{epoch}.999~YQ", "{epoch}.1~YQ", "{epoch}.1"])
def test_who_cannot_go_on_is_told_to_begin_anew(
    room: Room, source: TablesSource, topic: Topic, seen: str
) -> None:
    room.kit.database.transact(lambda: compact(topic, keep=2))
    view = View()
    view.state = {"gone": 1}

    told = list(source.opening(topic, seen.format(epoch=room.table(topic.key).version.epoch)))

    see(view, iter(told))
    assert told[0].resync and told[0].cursor == ""
    assert view.state == entries_of(room, topic)


def test_what_is_no_cursor_of_ours_is_told_all(room: Room, source: TablesSource, topic: Topic) -> None:
    view = View()

    see(view, iter(source.opening(topic, f"{room.table(topic.key).version}~A")))

    assert view.state == entries_of(room, topic)


def test_a_log_that_is_compacted_meanwhile_ends_the_snapshot(room: Room, source: TablesSource, topic: Topic) -> None:
    opening = iter(source.opening(topic))
    next(opening)
    for _ in range(3):
        put(room, topic, "a", "again")
    room.kit.database.transact(lambda: compact(topic, keep=1))

    with pytest.raises(Astray):
        list(opening)


def test_a_table_that_is_made_anew_meanwhile_is_another_one(room: Room, source: TablesSource, topic: Topic) -> None:
    opening = iter(source.opening(topic))
    next(opening)
    delete_table(room.kit, room.reader, topic.key)
    create_table(room.kit, room.person, topic.key)

    with pytest.raises(Astray):
        list(opening)


def test_a_table_that_is_not_there_is_empty(room: Room, source: TablesSource) -> None:
    [end] = source.opening(Topic("table", "nobody-has-made-it"))

    assert end.ends_snapshot and str(end.version) == "0.0"


def test_a_page_of_large_values_is_short(room: Room, topic: Topic) -> None:
    source = TablesSource(room.kit.database)
    for number in range(12):
        put(room, topic, f"large {number:02}", "x" * 60_000)

    pages = [news for news in source.opening(topic) if news.state]

    assert sum(len(news.state["entries"]) for news in pages) == 19
    assert max(len(dump(news.state)) for news in pages) < ENTRIES_PAGE_BYTES + 70_000


def test_events_are_read_a_few_at_a_time(room: Room, source: TablesSource, topic: Topic) -> None:
    for number in range(TABLE_EVENTS_TOLD):
        put(room, topic, "a", number)

    news = source.after(topic, 1)

    assert (len(news.events), news.version.offset) == (TABLE_EVENTS_TOLD, TABLE_EVENTS_TOLD + 1)
    assert len(source.after(topic, 1, upto=4).events) == 3


def test_large_events_are_read_fewer_at_a_time(room: Room, source: TablesSource, topic: Topic) -> None:
    for number in range(8):
        put(room, topic, "a", f"{number} {'x' * 60_000}")

    first = source.after(topic, 7)
    second = source.after(topic, first.version.offset)

    assert [event["value"][0] for event in (*first.events, *second.events)] == list("01234567")
    assert (len(first.events), second.version.offset) == (4, 15)


def test_while_many_write_the_end_of_a_snapshot_is_the_table_at_its_version(
    room: Room, source: TablesSource, topic: Topic
) -> None:
    def write(seed: int) -> None:
        chance = random.Random(seed)
        for number in range(40):
            key = chance.choice("abcdefghijklmnop")
            put(room, topic, key, number)
            gevent.sleep(0)

    writers = [gevent.spawn(write, seed) for seed in range(3)]
    views = []
    while not all(writer.ready() for writer in writers):
        view = View()
        last = see(view, iter(source.opening(topic)))[-1]
        views.append((int(last.partition(".")[2]), view.state))
        gevent.sleep(0.01)
    gevent.joinall(writers, raise_error=True)

    assert len(views) > 1
    for offset, state in views:
        view = View()
        view.state = dict(state)
        while (news := source.after(topic, offset)).events:
            see(view, iter([news]))
            offset = news.version.offset
        assert view.state == entries_of(room, topic)


def test_a_frame_is_shown_the_first_entries(room: Room, topic: Topic) -> None:
    database = room.kit.database

    assert [entry.key for entry in first_entries(database, topic, 3)] == ["a", "b", "c"]
    assert first_entries(database, Topic("table", "nobody-has-made-it"), 3) == []
