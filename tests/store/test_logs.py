"""Logs in SQL: offsets without a gap and without a twin, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import gevent
import pytest
from gevent.pool import Group

from claps.plain.topics import Topic, comments_topic
from claps.plain.versions import Version
from claps.store.database import Database
from claps.store.logs import append, compact, events_after, heads

TOPIC = comments_topic(12)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def write(database: Database, *bodies: str, topic: Topic = TOPIC) -> Version:
    """Write events in a transaction of their own."""
    return database.transact(lambda: append(topic, bodies, at=NOON))


def test_events_are_read_in_their_order_behind_any_of_them(database: Database) -> None:
    first = write(database, "one")
    last = write(database, "two", "three 🔔")

    with database.reading():
        version, events = events_after(TOPIC, 1, limit=9)

    assert (first.offset, last, version) == (1, Version(first.epoch, 3), last)
    assert events == [(2, "two", NOON), (3, "three 🔔", NOON)]


def test_no_more_is_read_than_was_asked_for(database: Database) -> None:
    write(database, *"abcde")

    with database.reading():
        upto, limited = events_after(TOPIC, 1, upto=3, limit=9)[1], events_after(TOPIC, 0, limit=2)[1]

    assert [event.body for event in upto or []] == ["b", "c"]
    assert [event.body for event in limited or []] == ["a", "b"]


def test_a_log_that_was_never_written_to_is_at_its_beginning(database: Database) -> None:
    other = Topic("table", "prices")
    version = write(database, "one")

    with database.reading():
        assert heads([TOPIC, other]) == {TOPIC: version, other: Version("0", 0)}
        assert events_after(other, 0, limit=9) == (Version("0", 0), [])


def test_what_was_compacted_away_is_said_to_be_missing(database: Database) -> None:
    version = write(database, *"abcde")

    gone = database.transact(lambda: compact(TOPIC, keep=2))

    with database.reading():
        assert gone == 3 and database.transact(lambda: compact(TOPIC, keep=2)) == 0
        assert events_after(TOPIC, 2, limit=9) == (version, None)
        assert [event.body for event in events_after(TOPIC, 3, limit=9)[1] or []] == ["d", "e"]
        assert events_after(TOPIC, 5, limit=9) == (version, [])


def test_what_is_rolled_back_was_never_there(database: Database) -> None:
    def fail() -> None:
        append(TOPIC, ["one"])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.transact(fail)

    assert write(database, "two").offset == 1


def test_those_who_write_at_once_never_get_the_same_offset(database: Database) -> None:
    # They all begin the log together, too.
    group = Group()
    offsets = [group.spawn(lambda: write(database, "x").offset) for _ in range(30)]

    with gevent.Timeout(20):
        group.join(raise_error=True)

    assert sorted(greenlet.value for greenlet in offsets) == list(range(1, 31))
