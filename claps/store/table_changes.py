"""A change of one realtime table, from holding its row to counting what it has, as text.

peewee would build a tree for each statement: of the 2.0 ms of a core that a put took that was more than half, and with
one process a core it is the core that decides how many puts there are in a second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from claps.plain.operations import Held
from claps.plain.tables import Table, no_such_table, table_topic
from claps.plain.versions import Version, epoch_text
from claps.store.database import bound, on_sqlite
from claps.store.logs import begin
from claps.store.tables import RealtimeTable

_COLUMNS = "t.id, t.name, t.owner_id, t.access, t.entries, t.bytes, t.created_at, t.expires_ms"


class HeldTable(NamedTuple):
    """A table whose row is held, with its log's."""

    table: Table
    log_id: int


def hold_to_change(name: str) -> HeldTable:
    """Read a table and how far its log has come, and let nobody else change either until the transaction ends.

    :raises NotFound: there is none.
    """
    # SQLite holds everything since BEGIN IMMEDIATE.
    text = (
        f"SELECT {_COLUMNS}, l.id, l.epoch, l.head FROM realtime_table t LEFT JOIN log l ON l.topic = ? "
        f"WHERE t.name = ?{'' if on_sqlite() else ' FOR UPDATE'}"
    )
    topic = table_topic(name)
    found = _run(text, str(topic), name).fetchone()
    if found is None:
        raise no_such_table(name)
    *columns, log_id, epoch, head = found
    if log_id is None:
        begin(topic)  # It was lost by hand.
        return hold_to_change(name)
    names = ("id", "name", "owner_id", "access", "entries", "bytes", "created_at", "expires_ms")
    row = RealtimeTable(**dict(zip(names, columns, strict=True)))
    row.created_at = RealtimeTable.created_at.python_value(row.created_at)
    return HeldTable(row.value(Version(epoch_text(int(epoch)), int(head))), int(log_id))


def write_events(held: HeldTable, bodies: Sequence[str], *, at: datetime) -> None:
    """Write events behind the last one of a table that is held."""
    head = held.table.version.offset
    moved = _run("UPDATE log SET head = ? WHERE id = ? AND head = ?", head + len(bodies), held.log_id, head).rowcount
    assert moved == 1, "the log moved while the table's row was held"
    # As a text, which both databases take for a time; sqlite3 has given up doing it by itself.
    moment = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    rows = [(held.log_id, head + n, body, moment) for n, body in enumerate(bodies, 1)]
    _run(
        f"INSERT INTO event (log_id, `offset`, body, at) VALUES {', '.join(['(?, ?, ?, ?)'] * len(rows))}",
        *(value for row in rows for value in row),
    )


def write_entries(table_id: int, before: Mapping[str, Held], after: Mapping[str, Held | None]) -> None:
    """Bring entries from how they are to how they shall be, None for gone; call while the table's row is held.

    One by one in the order of their keys, and never by REPLACE, which on MySQL locks gaps between rows: those belong
    to other tables as well.
    """
    for key in sorted(after):
        held = after[key]
        if held is None:
            _run("DELETE FROM entry WHERE table_id = ? AND `key` = ?", table_id, key)
            continue
        values = (held.text, held.offset, held.at_ms, held.expires_ms, table_id, key)
        if key in before:
            _run(
                "UPDATE entry SET value = ?, `offset` = ?, at_ms = ?, expires_ms = ? WHERE table_id = ? AND `key` = ?",
                *values,
            )
        else:
            _run(
                "INSERT INTO entry (value, `offset`, at_ms, expires_ms, table_id, `key`) VALUES (?, ?, ?, ?, ?, ?)",
                *values,
            )


def move_sizes(table_id: int, *, entries: int, size_bytes: int) -> None:
    """Note that a table has more or fewer entries and bytes; call while its row is held."""
    if entries or size_bytes:
        text = "UPDATE realtime_table SET entries = entries + ?, bytes = bytes + ? WHERE id = ?"
        _run(text, entries, size_bytes, table_id)


def _run(text: str, *values: Any) -> Any:
    return bound.execute_sql(text if on_sqlite() else text.replace("?", "%s"), values)
