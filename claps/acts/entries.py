"""Reading and changing the entries of realtime tables: persisted first with their events, told after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from claps.acts.logs import StoredLog, tell_quietly
from claps.acts.tables import Tables, check_may_watch_table, promise_compacting
from claps.live.messages import dump
from claps.plain.errors import Conflict, Invalid
from claps.plain.limits import BATCH_OPERATIONS, ENTRIES_PER_PAGE, TABLE_COMPACT_EVERY, TABLE_EVENTS_TOLD
from claps.plain.news import News
from claps.plain.operations import (
    Held,
    Operation,
    Written,
    check_condition,
    check_operation,
    expires_after,
    no_such_entry,
    value_after,
)
from claps.plain.people import Reader
from claps.plain.tables import (
    Entry,
    Page,
    Table,
    check_key,
    check_may_write,
    entry_event,
    gone_event,
    is_table_name,
    moment_of,
    no_such_table,
    table_topic,
)
from claps.plain.versions import Version
from claps.store import entries, members, table_changes
from claps.store.table_changes import HeldTable


def get_entry(kit: Tables, reader: Reader | None, name: str, key: str) -> Entry:
    """Read one entry.

    :raises NotFound: there is no such table, or no such entry.
    :raises Refused: the reader may not read the table.
    """
    table = check_may_watch_table(kit.database, name, reader).table
    with kit.database.reading():
        found = entries.find_entry(table, check_key(key), now_ms=kit.clock.now_ms())
    if found is None:
        raise no_such_entry(key)
    return found


def list_entries(
    kit: Tables, reader: Reader | None, name: str, *, prefix: str = "", after: str = "", limit: int = ENTRIES_PER_PAGE
) -> Page:
    """Read entries in the order of their keys (of their code points): at most ``limit``, and 256 KiB.

    :param prefix: with which their keys begin.
    :param after: the last key already seen.
    :return: them, and the table's version before they were read.
    :raises NotFound: there is no such table.
    :raises Refused: the reader may not read it.
    """
    table = check_may_watch_table(kit.database, name, reader).table
    with kit.database.reading():
        found = entries.page_of(table, after or None, limit + 1, prefix=prefix, now_ms=kit.clock.now_ms())
        is_cut = bool(found) and len(found) <= limit
        behind = entries.page_of(table, found[-1].key, 1, prefix=prefix, now_ms=kit.clock.now_ms()) if is_cut else []
    shown = found[:limit]
    more = len(found) > limit or bool(behind)
    return Page(tuple(shown), shown[-1].key if more else None, table.version)


def put_entry(
    kit: Tables, reader: Reader | None, name: str, key: str, value: Any, *,
    ttl_seconds: int | None = None, if_match: str | None = None, if_none_match: bool = False,
) -> Entry:
    """Give a key a value, whatever it had; without ``ttl_seconds`` it stays for ever.

    :param if_match: the version it must have, or ``*`` for any.
    :param if_none_match: there must be none.
    :raises PreconditionFailed: it is another one by now.
    :raises NotFound: there is no such table.
    :raises Refused: the reader may not write.
    :raises Invalid: the key, the value or the time to live cannot be.
    :raises TooLarge: the value is.
    :raises Conflict: the table is full.
    """
    operation = Operation(
        "put", key, value, ttl_seconds=ttl_seconds, if_match=if_match, if_none_match=if_none_match
    )
    return _entry_after(run_batch(kit, reader, name, [operation]))


def set_ttl(
    kit: Tables, reader: Reader | None, name: str, key: str, ttl_seconds: int | None, *, if_match: str | None = None
) -> Entry:
    """Let an entry live for so long from now, or for ever with None; raises what :func:`put_entry` does.

    :raises NotFound: there is no such entry.
    """
    operation = Operation("ttl", key, ttl_seconds=ttl_seconds, if_match=if_match)
    return _entry_after(run_batch(kit, reader, name, [operation]))


def delete_entry(kit: Tables, reader: Reader | None, name: str, key: str, *, if_match: str | None = None) -> Version:
    """Delete an entry; raises what :func:`put_entry` does.

    :return: the table's version after it.
    :raises NotFound: there is no such entry.
    """
    return run_batch(kit, reader, name, [Operation("delete", key, if_match=if_match)])[0].version


def increment_entry(
    kit: Tables, reader: Reader | None, name: str, key: str, *,
    by: int | float = 1, ttl_seconds: int | None = None, if_match: str | None = None,
) -> Entry:
    """Add to a number; where there is none it is 0. Raises what :func:`put_entry` does.

    :param ttl_seconds: how long it lives from now; None leaves it as it was.
    :raises Invalid: it is no number, or would be too large.
    """
    operation = Operation("increment", key, by=by, ttl_seconds=ttl_seconds, if_match=if_match)
    return _entry_after(run_batch(kit, reader, name, [operation]))


def run_batch(
    kit: Tables, reader: Reader | None, name: str, operations: Sequence[Operation]
) -> tuple[Written, ...]:
    """Do up to a hundred operations in their order, all or none; each sees what those before it have done.

    Raises what :func:`put_entry` does, of the first operation that cannot be done.
    """
    if not 1 <= len(operations) <= BATCH_OPERATIONS:
        raise Invalid("operations", f"A batch has 1 to {BATCH_OPERATIONS} operations.")
    for operation in operations:
        check_operation(operation)
    if not is_table_name(name):
        raise no_such_table(name)
    change = kit.database.transact(lambda: _write(kit, reader, name, operations))
    change.tell(kit)
    return tuple(change.written)


def changes_since(kit: Tables, reader: Reader | None, name: str, since: Version | None) -> News:
    """Read what came behind a version: events in their order, at most 64, or that they are not kept any more.

    :raises NotFound: there is no such table.
    :raises Refused: the reader may not read it.
    """
    version = check_may_watch_table(kit.database, name, reader).table.version
    if since is None or since.epoch != version.epoch or since.offset > version.offset:
        return News(table_topic(name), version, resync=True)
    upto = since.offset + TABLE_EVENTS_TOLD
    return StoredLog(kit.database).after(table_topic(name), since.offset, upto=upto)


@dataclass
class Change:
    """What one transaction does to one table whose row it holds."""

    place: HeldTable
    now_ms: int
    held: dict[str, Held]
    after: dict[str, Held | None] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)

    @property
    def table(self) -> Table:
        """The table as it was."""
        return self.place.table

    @property
    def version(self) -> Version:
        """The table's, after the events so far."""
        head = self.table.version
        return Version(head.epoch, head.offset + len(self.events))

    def run(self, operation: Operation) -> None:
        """Do one operation, in memory."""
        key = operation.key
        held = self.after[key] if key in self.after else self.held.get(key)
        if held is not None and held.expires_ms is not None and held.expires_ms <= self.now_ms:
            held = None  # It has run out, and is not swept away yet.
        check_condition(operation, None if held is None else entries.entry_of(self.table, key, held))
        if operation.op == "delete":
            self.go("delete", key)
            self.written.append(Written("delete", key, self.version, None))
            return
        text = value_after(operation, held)
        until_ms = expires_after(operation, held, self.now_ms)
        new = Held(text, self.version.offset + 1, self.now_ms, until_ms)
        entry = entries.entry_of(self.table, key, new)
        self.after[key] = new
        self.events.append(entry_event(entry))
        self.written.append(Written(operation.op, key, entry.version, entry, is_new=held is None))

    def go(self, op: Any, key: str) -> None:
        """Let an entry go."""
        self.after[key] = None
        self.events.append(gone_event(op, key, moment_of(self.now_ms)))

    def write(self) -> None:
        """Write it down; call inside the transaction that holds the table's row."""
        grown = _sizes(self.after)[0] - _sizes({key: self.held.get(key) for key in self.after})[0]
        longer = _sizes(self.after)[1] - _sizes({key: self.held.get(key) for key in self.after})[1]
        table = self.table
        if grown > 0 and table.entries + grown > table.most_entries:
            raise Conflict(f"This table is full: it may have {table.most_entries:,} entries.")
        if longer > 0 and table.bytes + longer > table.most_bytes:
            raise Conflict(f"This table is full: its keys and values may have {table.most_bytes:,} bytes together.")
        table_changes.write_events(self.place, [dump(event) for event in self.events], at=moment_of(self.now_ms))
        table_changes.write_entries(table.id, self.held, self.after)
        table_changes.move_sizes(table.id, entries=grown, size_bytes=longer)
        if self.version.offset // TABLE_COMPACT_EVERY > table.version.offset // TABLE_COMPACT_EVERY:
            promise_compacting(table.name)

    def tell(self, kit: Tables) -> None:
        """Tell those who watch; call after the commit."""
        # What is more than one event is read from the log, by each worker once, rather than sent in pieces.
        event = self.events[0] if len(self.events) == 1 else None
        tell_quietly(kit.publish, table_topic(self.table.name), self.version, event)


def _write(kit: Tables, reader: Reader | None, name: str, operations: Sequence[Operation]) -> Change:
    place = table_changes.hold_to_change(name)
    check_may_write(members.seat_of(place.table, reader), reader)
    held = entries.find_held(place.table.id, [operation.key for operation in operations])
    change = Change(place, kit.clock.now_ms(), held)
    for operation in operations:
        change.run(operation)
    change.write()
    return change


def _sizes(held: Mapping[str, Held | None]) -> tuple[int, int]:
    there = [(key, one) for key, one in held.items() if one is not None]
    return len(there), sum(len(key.encode()) + len(one.text.encode()) for key, one in there)


def _entry_after(written: Sequence[Written]) -> Entry:
    entry = written[0].entry
    assert entry is not None
    return entry
