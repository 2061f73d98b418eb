"""The entries of realtime tables: by key, page by page, and by when they run out."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from peewee import BigIntegerField, CharField, CompositeKey, TextField, chunked

from claps.plain import tables
from claps.plain.limits import ENTRIES_PAGE_BYTES
from claps.plain.operations import Held
from claps.plain.tables import Table, after_prefix, moment_of
from claps.plain.versions import Version
from claps.store.database import Model, bound
from claps.store.tables import GONE, RealtimeTable

KEYS_PER_STATEMENT = 100


class KeyField(CharField):
    """A key, which is its bytes: no letter is another one's twin, and the order is that of UTF-8 on every database."""

    def python_value(self, value: Any) -> Any:
        """MySQL has it as VARBINARY."""
        return value.decode() if isinstance(value, bytes) else value


class Entry(Model):
    """One key with its value as JSON; ``offset`` is the table's when it was changed last."""

    table_id = BigIntegerField()
    key = KeyField(max_length=200)
    value = TextField()
    offset = BigIntegerField()
    at_ms = BigIntegerField()
    expires_ms = BigIntegerField(null=True)

    class Meta:
        primary_key = CompositeKey("table_id", "key")


def entry_of(table: Table, key: str, held: Held) -> tables.Entry:
    """An entry of a table as other floors know it."""
    return tables.Entry(
        table.name, key, json.loads(held.text), Version(table.version.epoch, held.offset),
        None if held.expires_ms is None else moment_of(held.expires_ms), moment_of(held.at_ms),
    )


def find_held(table_id: int, keys: Iterable[str]) -> dict[str, Held]:
    """Read entries by key as they are kept, those among them that have run out and are not swept away yet."""
    found: dict[str, Held] = {}
    mark = bound.obj.param
    # As text, because it is read before each change.
    text = f"SELECT `key`, value, `offset`, at_ms, expires_ms FROM entry WHERE table_id = {mark} AND `key` IN"
    for some in chunked(sorted(set(keys)), KEYS_PER_STATEMENT):
        rows = bound.execute_sql(f"{text} ({', '.join([mark] * len(some))})", (table_id, *some))
        for key, *held in rows.fetchall():
            found[key.decode() if isinstance(key, bytes) else key] = Held(*held)
    return found


def find_entry(table: Table, key: str, *, now_ms: int) -> tables.Entry | None:
    """Read one entry; one that has run out is none."""
    held = find_held(table.id, [key]).get(key)
    if held is None or (held.expires_ms is not None and held.expires_ms <= now_ms):
        return None
    return entry_of(table, key, held)


def page_of(
    table: Table, after: str | None, limit: int, *, prefix: str = "", now_ms: int | None = None
) -> list[tables.Entry]:
    """Read entries in the order of their keys: at most ``limit``, and no more when they have 256 KiB together.

    :param after: the last key already seen; None to begin.
    :param now_ms: what has run out by then is left out; without it everything is read that its log has told of.
    :return: empty only behind the last.
    """
    query: Any = _of(table.id)
    if prefix:
        query = query.where(Entry.key >= prefix)
        behind = after_prefix(prefix)
        query = query if behind is None else query.where(Entry.key < behind)
    if after is not None:
        query = query.where(Entry.key > after)
    if now_ms is not None:
        query = query.where(Entry.expires_ms.is_null() | (Entry.expires_ms > now_ms))
    found, room = [], ENTRIES_PAGE_BYTES
    for row in query.order_by(Entry.key).limit(limit):
        found.append(entry_of(table, row.key, _held(row)))
        room -= len(row.value)
        if room < 0:
            break
    return found


def due_entries(now_ms: int, limit: int) -> dict[str, list[str]]:
    """Read which entries have run out, longest due first: their keys, by the name of the table."""
    query: Any = (
        Entry.select(RealtimeTable.name, Entry.key)
        .join(RealtimeTable, on=(RealtimeTable.id == Entry.table_id))
        .where((Entry.expires_ms <= now_ms) & (RealtimeTable.access != GONE))
        .order_by(Entry.expires_ms)
        .limit(limit)
    )
    found: dict[str, list[str]] = {}
    for name, key in query.tuples():
        found.setdefault(name, []).append(key.decode() if isinstance(key, bytes) else key)
    return found


def drop_entries(table_id: int, limit: int) -> int:
    """Delete some entries of a table that is gone; return how many went."""
    query: Any = Entry.select(Entry.key).where(Entry.table_id == table_id).order_by(Entry.key).limit(limit)
    keys = [row.key for row in query]
    return int(Entry.delete().where((Entry.table_id == table_id) & Entry.key.in_(keys)).execute()) if keys else 0


def _of(table_id: int) -> Any:
    return Entry.select().where(Entry.table_id == table_id)


def _held(row: Any) -> Held:
    return Held(row.value, int(row.offset), int(row.at_ms), None if row.expires_ms is None else int(row.expires_ms))
