"""The logs of topics of which every event matters: comments, notifications, tables.

A log has one row that says how far it has come, and one row for each event. Both are written in the transaction of
what they tell of: what is rolled back was never told, and two who write to one log wait for each other at its row,
so its offsets have no gap and no twin. Logs of different topics share no row, and nobody waits.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from peewee import BigAutoField, BigIntegerField, CharField, CompositeKey, DateTimeField, TextField, chunked, fn

from claps.plain.topics import Topic
from claps.plain.versions import Version, epoch_text
from claps.store.bulk import add_rows
from claps.store.database import Model, locked, on_sqlite

TOPICS_PER_STATEMENT = 500
EPOCH_BITS = 40
NOTHING_YET = Version("0", 0)


class Log(Model):
    """How far one topic has come. ``oldest`` is the offset of the last event that was compacted away, 0 for none."""

    id = BigAutoField()
    topic = CharField(max_length=80, unique=True)
    epoch = BigIntegerField()
    head = BigIntegerField(default=0)
    oldest = BigIntegerField(default=0)

    def version(self) -> Version:
        """How far it has come."""
        return Version(epoch_text(int(self.epoch)), int(self.head))


class Event(Model):
    """One event, as text that only its topic's source understands."""

    log_id = BigIntegerField()
    offset = BigIntegerField()
    body = TextField()
    at = DateTimeField()

    class Meta:
        primary_key = CompositeKey("log_id", "offset")


class Told(NamedTuple):
    """One event of a log as it was written."""

    offset: int
    body: str
    at: datetime


def append(topic: Topic, bodies: Sequence[str], *, at: datetime | None = None) -> Version:
    """Write events behind the last one; call inside the transaction of what they tell of.

    :return: the version after the last of them.
    """
    moved = Log.update({Log.head: Log.head + len(bodies)}).where(Log.topic == str(topic)).execute()
    if not moved:
        # Another one may begin this log in the same moment: its row stays, and ours is added to it.
        add_rows("log", ("topic", "epoch", "head", "oldest"), [(str(topic), secrets.randbits(EPOCH_BITS), 0, 0)])
        Log.update({Log.head: Log.head + len(bodies)}).where(Log.topic == str(topic)).execute()
    row: Any = Log.get(Log.topic == str(topic))
    now = (at or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None)
    first = row.head - len(bodies) + 1
    Event.insert_many(
        [{"log_id": row.id, "offset": first + n, "body": body, "at": now} for n, body in enumerate(bodies)]
    ).execute()
    version: Version = row.version()
    return version


def begin(topic: Topic) -> Version:
    """Begin a log of a new epoch, where there is none; call inside a transaction."""
    row: Any = Log.create(topic=str(topic), epoch=secrets.randbits(EPOCH_BITS))
    # Nothing, unless somebody took the row of another log away by hand: SQLite gives its id to the next one.
    Event.delete().where(Event.log_id == row.id).execute()
    version: Version = row.version()
    return version


def end(topic: Topic) -> int:
    """End a log; its events stay until :func:`drop_events` has been called often enough. Call inside a transaction.

    Its row stays as long, under a name that nobody asks for: SQLite gives the id of a row that is gone to the next one.

    :return: the log's id.
    """
    row: Any = locked(Log.select().where(Log.topic == str(topic))).first()
    if row is None:
        return 0
    Log.update(topic=f"ended:{row.id}").where(Log.id == row.id).execute()
    return int(row.id)


def drop_events(log_id: int, limit: int) -> int:
    """Delete some events of a log that was ended, oldest first, and the log after the last; return how many went."""
    query: Any = Event.select(fn.MIN(Event.offset)).where(Event.log_id == log_id)
    first = query.scalar()
    if first is None:
        Log.delete().where((Log.id == log_id) & (Log.topic == f"ended:{log_id}")).execute()
        return 0
    return int(Event.delete().where((Event.log_id == log_id) & (Event.offset < first + limit)).execute())


def count_affordable(topic: Topic, *, events: int, size_bytes: int) -> int:
    """Tell how many of the newest events have no more than so many bytes together; at most ``events``."""
    row: Any = Log.get_or_none(Log.topic == str(topic))
    if row is None:
        return 0
    # Of a text, SQLite would count the letters.
    size_of = fn.LENGTH(Event.body.cast("BLOB") if on_sqlite() else Event.body).coerce(False)
    sizes: Any = Event.select(size_of).where(Event.log_id == row.id).order_by(Event.offset.desc()).limit(events)
    count = 0
    for (size,) in sizes.tuples():
        size_bytes -= size
        if size_bytes < 0:
            break
        count += 1
    return count


def append_each(bodies: dict[Topic, str], *, at: datetime) -> dict[Topic, Version]:
    """Write one event into each of some logs, in as many statements as for one; call inside a transaction.

    :return: the version after it, by log.
    """
    names = {str(topic): topic for topic in sorted(bodies, key=str)}
    rows = [(name, secrets.randbits(EPOCH_BITS), 0, 0) for name in names]
    add_rows("log", ("topic", "epoch", "head", "oldest"), rows)
    Log.update({Log.head: Log.head + 1}).where(Log.topic.in_(list(names))).execute()
    now = at.astimezone(UTC).replace(tzinfo=None)
    events, versions = [], {}
    for row in Log.select().where(Log.topic.in_(list(names))):
        topic = names[row.topic]
        versions[topic] = row.version()
        events.append((row.id, row.head, bodies[topic], now))
    add_rows("event", ("log_id", "`offset`", "body", "at"), sorted(events))
    return versions


def heads(topics: Iterable[Topic]) -> dict[Topic, Version]:
    """Tell how far logs have come; one that was never written to is at ``0.0``."""
    by_name = {str(topic): topic for topic in topics}
    found = dict.fromkeys(by_name.values(), NOTHING_YET)
    for names in chunked(by_name, TOPICS_PER_STATEMENT):
        for row in Log.select().where(Log.topic.in_(list(names))):
            found[by_name[row.topic]] = row.version()
    return found


def events_after(
    topic: Topic, offset: int, *, upto: int | None = None, limit: int
) -> tuple[Version, list[Told] | None]:
    """Read the events behind an offset, in their order.

    :param upto: the last offset that is wanted; the newest one when not given.
    :return: how far the log has come, and at most ``limit`` events; None instead of them when the first ones
        have been compacted away.
    """
    row: Any = Log.get_or_none(Log.topic == str(topic))
    if row is None:
        return NOTHING_YET, []
    if offset < row.oldest:
        return row.version(), None
    last = row.head if upto is None else min(upto, row.head)
    query: Any = (
        Event.select(Event.offset, Event.body, Event.at)
        .where((Event.log_id == row.id) & (Event.offset > offset) & (Event.offset <= last))
        .order_by(Event.offset)
        .limit(limit)
    )
    events = [Told(int(number), body, at.replace(tzinfo=UTC)) for number, body, at in query.tuples()]
    # The log may have been compacted between the two queries.
    is_whole = events[0].offset == offset + 1 if events else last <= offset
    return row.version(), events if is_whole else None


def oldest_of(topic: Topic) -> int:
    """Tell the offset of the last event that was compacted away; 0 when all are there."""
    row: Any = Log.get_or_none(Log.topic == str(topic))
    return 0 if row is None else int(row.oldest)


def compact(topic: Topic, *, keep: int) -> int:
    """Delete all but the newest ``keep`` events of a log; call inside a transaction; return how many went."""
    row: Any = Log.get_or_none(Log.topic == str(topic))
    if row is None or row.head - row.oldest <= keep:
        return 0
    oldest = row.head - keep
    # First the row: who reads at this moment must not take a gap for the end.
    Log.update({Log.oldest: oldest}).where((Log.id == row.id) & (Log.oldest < oldest)).execute()
    return int(Event.delete().where((Event.log_id == row.id) & (Event.offset <= oldest)).execute())
