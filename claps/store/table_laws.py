"""The laws of realtime tables as SQL can be asked for them: counts, versions, and logs without a gap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from peewee import JOIN, Value, fn

from claps.plain import tables
from claps.plain.tables import Table
from claps.store.database import on_sqlite
from claps.store.entries import Entry, entry_of, find_held
from claps.store.logs import Event, Log
from claps.store.tables import GONE, RealtimeTable


def find_miscounted(*, most: int) -> list[str]:
    """Read the names of tables that have not as many entries or bytes as they say, in one statement."""
    size: Any = fn.COALESCE(fn.SUM(_bytes_of(Entry.key) + _bytes_of(Entry.value)), 0)
    query: Any = (
        RealtimeTable.select(RealtimeTable.name)
        .join(Entry, JOIN.LEFT_OUTER, on=(Entry.table_id == RealtimeTable.id))
        .where(RealtimeTable.access != GONE)
        .group_by(RealtimeTable.id, RealtimeTable.name, RealtimeTable.entries, RealtimeTable.bytes)
        .having((fn.COUNT(Entry.key) != RealtimeTable.entries) | (size != RealtimeTable.bytes))
    )
    return _names(query, most)


def find_ahead(*, most: int) -> list[str]:
    """Read the names of tables that have an entry of a version that the table has not come to."""
    query: Any = (
        RealtimeTable.select(RealtimeTable.name).distinct()
        .join(Log, on=(Log.topic == _topic()))
        .join(Entry, on=(Entry.table_id == RealtimeTable.id))
        .where((RealtimeTable.access != GONE) & (Entry.offset > Log.head))
    )
    return _names(query, most)


def find_gaps(*, most: int) -> list[str]:
    """Read the names of tables of whose log events are missing, or that have no log, in one statement."""
    query: Any = (
        RealtimeTable.select(RealtimeTable.name)
        .join(Log, JOIN.LEFT_OUTER, on=(Log.topic == _topic()))
        .join(Event, JOIN.LEFT_OUTER, on=(Event.log_id == Log.id))
        .where(RealtimeTable.access != GONE)
        .group_by(RealtimeTable.id, RealtimeTable.name)
        .having(
            (fn.COUNT(Log.id) == 0) | (fn.COUNT(Event.offset) != fn.MAX(Log.head) - fn.MAX(Log.oldest))
            | (fn.COALESCE(fn.MAX(Event.offset), fn.MAX(Log.head)) != fn.MAX(Log.head))
        )
    )
    return _names(query, most)


def made_last(limit: int) -> list[str]:
    """Read the names of tables that were made last."""
    query: Any = RealtimeTable.select(RealtimeTable.name).where(RealtimeTable.access != GONE)
    return _names(query.order_by(RealtimeTable.id.desc()), limit)


def entries_of(table: Table, keys: Sequence[str]) -> dict[str, tables.Entry]:
    """Read entries by key, those as well that have run out and are not swept away yet."""
    return {key: entry_of(table, key, held) for key, held in find_held(table.id, keys).items()}


def _topic() -> Any:
    return Value("table:").concat(RealtimeTable.name)


def _bytes_of(column: Any) -> Any:
    return fn.LENGTH(column.cast("BLOB") if on_sqlite() else column).coerce(False)


def _names(query: Any, most: int) -> list[str]:
    return [name for (name,) in query.limit(most).tuples()]
