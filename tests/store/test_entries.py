"""Entries of realtime tables in SQL: keys that are their bytes, pages, and what has run out."""

from __future__ import annotations

from itertools import pairwise

import pytest

from claps.acts.entries import put_entry, run_batch
from claps.app import Core
from claps.plain.operations import Held, Operation
from claps.plain.tables import Table
from claps.store.entries import drop_entries, due_entries, find_entry, find_held, page_of
from claps.store.table_changes import write_entries
from tests.parts.realtime import Room

KEYS = ["", "A", "a", "a ", "a/b", "a\u0301", "b", "ss", "ß", "ä", "\uffff", "🔔"]


@pytest.fixture
def room(shared_core: Core) -> Room:
    """Somebody with tables."""
    return Room(shared_core)


@pytest.fixture
def table(room: Room) -> Table:
    """An empty table."""
    return room.make_table()


def write(room: Room, table: Table, after: dict[str, Held | None]) -> None:
    """Write entries as they are kept."""
    room.core.database.transact(lambda: write_entries(table.id, find_held(table.id, after), after))


def test_no_key_is_another_ones_twin(room: Room, table: Table) -> None:
    write(room, table, {key: Held(f'"{key}"', 1, 2, None) for key in KEYS})
    write(room, table, {"A": None, "ß": Held("1", 2, 3, 9_000)})

    with room.core.database.reading():
        held = find_held(table.id, KEYS)
        page = page_of(table, None, 99)
    assert [entry.key for entry in page] == [key for key in KEYS if key != "A"]
    assert held["a "].text == '"a "' and held["ß"] == Held("1", 2, 3, 9_000) and "A" not in held


def test_pages_follow_each_other_without_a_gap(room: Room, table: Table) -> None:
    write(room, table, {key: Held("1", 1, 2, None) for key in KEYS})

    seen: list[str] = []
    with room.core.database.reading():
        while page := page_of(table, seen[-1] if seen else None, 5):
            seen += [entry.key for entry in page]

    assert seen == KEYS


def test_a_page_has_a_bound_of_bytes(room: Room, table: Table) -> None:
    write(room, table, {f"{n:02}": Held(f'"{"x" * 60_000}"', 1, 2, None) for n in range(9)})

    with room.core.database.reading():
        assert len(page_of(table, None, 99)) == 5
        assert [entry.key for entry in page_of(table, "04", 99)] == ["05", "06", "07", "08"]


@pytest.mark.parametrize("prefix", ["a", "b/", "%", "_", "é", "\ud7ff", "\U0010ffff"])
def test_a_prefix_finds_what_begins_with_it(room: Room, table: Table, prefix: str) -> None:
    keys = ["", "a", "ab", "a\U0010ffff", "b", "b/", "b/\U0010ffff", "c", "%", "%1", "_", "é", "é1", "\ud7ff"]
    keys += ["\ud7ff1", "\ue000", "\U0010ffff", "\U0010ffffz"]
    write(room, table, {key: Held("1", 1, 2, None) for key in keys})

    with room.core.database.reading():
        found = [entry.key for entry in page_of(table, None, 99, prefix=prefix)]

    assert found == sorted(key for key in keys if key.startswith(prefix))


def test_what_has_run_out_is_no_entry_before_it_is_swept_away(room: Room, table: Table) -> None:
    write(room, table, {"a": Held("1", 1, 2, 1_000), "b": Held("2", 2, 2, 1_001), "c": Held("3", 3, 2, None)})

    with room.core.database.reading():
        assert find_entry(table, "a", now_ms=1_000) is None and find_entry(table, "a", now_ms=999) is not None
        assert [entry.key for entry in page_of(table, None, 9, now_ms=1_000)] == ["b", "c"]
        assert [entry.key for entry in page_of(table, None, 9)] == ["a", "b", "c"]


def test_what_has_run_out_is_found_in_its_order(room: Room, table: Table) -> None:
    other = room.make_table()
    write(room, table, {"z": Held("1", 1, 2, 10), "a": Held("1", 1, 2, 20), "never": Held("1", 1, 2, None)})
    write(room, other, {"m": Held("1", 1, 2, 15)})

    with room.core.database.reading():
        assert due_entries(20, 99) == {table.name: ["z", "a"], other.name: ["m"]}
        assert due_entries(20, 1) == due_entries(10, 99) == {table.name: ["z"]}
        assert due_entries(9, 99) == {}


def test_entries_of_a_table_that_is_gone_go_by_and_by(room: Room, table: Table) -> None:
    write(room, table, {key: Held("1", 1, 2, None) for key in KEYS})

    gone = [room.core.database.transact(lambda: drop_entries(table.id, 5)) for _ in range(4)]

    assert gone == [5, 5, 2, 0]


def test_the_largest_value_and_key_are_kept(room: Room, table: Table) -> None:
    put_entry(room.kit, room.reader, table.name, "🔔" * 200, "🔔" * 16_383 + "aa")

    with room.core.database.reading():
        [entry] = page_of(table, None, 9)
    assert (entry.key, entry.value) == ("🔔" * 200, "🔔" * 16_383 + "aa")


def test_versions_of_entries_rise_with_their_order_of_writing(room: Room, table: Table) -> None:
    run_batch(room.kit, room.reader, table.name, [Operation("put", key, 1) for key in "cab"])

    with room.core.database.reading():
        entries = sorted(page_of(table, None, 9), key=lambda entry: entry.version.offset)
    assert [entry.key for entry in entries] == ["c", "a", "b"]
    assert all(one.version.offset + 1 == two.version.offset for one, two in pairwise(entries))
