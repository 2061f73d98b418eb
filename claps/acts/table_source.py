"""News of realtime tables: their changes from the log, and the snapshot before them for one who has seen nothing."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate

from claps.acts.logs import StoredLog
from claps.live.sources import Astray
from claps.plain.limits import ENTRIES_PAGE_BYTES, SNAPSHOT_ENTRIES, SNAPSHOT_ENTRIES_MOST, TABLE_EVENTS_TOLD
from claps.plain.news import News
from claps.plain.tables import Entry, entry_fields
from claps.plain.topics import Topic
from claps.plain.versions import PAGED, Position, Version, parse_position
from claps.store import entries, logs
from claps.store.database import Database
from claps.store.tables import find_table


class TablesSource(StoredLog):
    """The log of a table, which keeps each change whole.

    A snapshot is of the version at which it begins: its pages have the entries that were not changed since. What was
    changed meanwhile is told as events, like later ones, before the snapshot's end. So each change is told once, with
    the end one has the table as it is at the end's version, and nothing is held open while a slow reader reads.
    """

    def after(self, topic: Topic, offset: int, *, upto: int | None = None) -> News:
        """Read the events behind an offset: at most 64, and no more when they have 256 KiB together."""
        with self._database.reading():
            head, told = logs.events_after(topic, offset, upto=upto, limit=TABLE_EVENTS_TOLD)
        if told is None:
            return News(topic, head, resync=True)
        sizes = accumulate(len(event.body) for event in told)
        some = [event for event, size in zip(told, sizes, strict=True) if size <= ENTRIES_PAGE_BYTES] or told[:1]
        last = some[-1].offset if some else offset
        return News(topic, Version(head.epoch, last), events=tuple(self.decode(topic, some)))

    def opening(self, topic: Topic, at: str = "") -> Iterator[News]:
        """A table in pages, in the order of its keys, then what changed meanwhile, then the end.

        The position of each part can be gone on from; a table that is gone is empty.

        :raises Astray: it was deleted, or its log compacted, meanwhile.
        """
        position = parse_position(at)
        if position is None or not self._goes_on(topic, position):
            with self._database.reading():
                begun = Position(logs.heads([topic])[topic], "")
            if position is not None:
                yield News(topic, begun.version, resync=True, cursor="")
            position = begun
        if position.cursor != PAGED:
            yield from self._pages(topic, position)
        yield from self._meanwhile(topic, position.version)

    def _goes_on(self, topic: Topic, position: Position) -> bool:
        if position.cursor is None:
            return False
        version = position.version
        with self._database.reading():
            head = logs.heads([topic])[topic]
            _, told = logs.events_after(topic, version.offset, limit=1)
        return head.epoch == version.epoch and version.offset <= head.offset and told is not None

    def _pages(self, topic: Topic, position: Position) -> Iterator[News]:
        version, cursor = position.version, position.cursor or ""
        limit = SNAPSHOT_ENTRIES
        while cursor != PAGED:
            with self._database.reading():
                found, more = _read_page(topic, version, _key_of(cursor), limit)
            cursor = _cursor_of(found[-1].key) if more else PAGED
            # Large ones are few on a page; of small ones as many are read as make one.
            limit = min(limit * 2, SNAPSHOT_ENTRIES_MOST) if len(found) == limit else limit
            told = [entry_fields(entry) for entry in found if _is_of(entry, version)]
            if told:
                yield News(topic, version, state={"entries": told}, cursor=cursor)

    def _meanwhile(self, topic: Topic, version: Version) -> Iterator[News]:
        with self._database.reading():
            head = logs.heads([topic])[topic]
        while version != head:
            news = self.after(topic, version.offset, upto=head.offset)
            if news.resync or news.version.epoch != version.epoch or not news.events:
                raise Astray(str(topic))
            yield replace(news, cursor=PAGED)
            version = news.version
        yield News(topic, version, ends_snapshot=True)


def _read_page(topic: Topic, version: Version, after: str | None, limit: int) -> tuple[list[Entry], bool]:
    table = find_table(topic.key)
    if table is None:
        return [], False
    if table.version.epoch != version.epoch:
        raise Astray(str(topic))
    found = entries.page_of(table, after, limit)
    # Fewer than that may be all that fit on a page.
    return found, bool(found) and (len(found) == limit or bool(entries.page_of(table, found[-1].key, 1)))


def _is_of(entry: Entry, version: Version) -> bool:
    return entry.version.offset <= version.offset


def _cursor_of(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _key_of(cursor: str) -> str | None:
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode() or None
    except ValueError:
        return None  # None of ours: it is told everything.


def first_entries(database: Database, topic: Topic, limit: int) -> list[Entry]:
    """Read the first entries of a table by key, for those who are let in already; none when it is gone.

    :raises Unavailable: SQL does not answer.
    """
    with database.reading():
        table = find_table(topic.key)
        return [] if table is None else entries.page_of(table, None, limit)
