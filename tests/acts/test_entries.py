"""Reading and changing the entries of realtime tables."""

from __future__ import annotations

import json

import pytest

from claps.acts import tables
from claps.acts.entries import (
    changes_since,
    delete_entry,
    get_entry,
    increment_entry,
    list_entries,
    put_entry,
    run_batch,
    set_ttl,
)
from claps.acts.tables import create_scratch
from claps.app import Core
from claps.plain.errors import Conflict, Invalid, NotFound, PreconditionFailed, Refused, TooLarge
from claps.plain.limits import TABLE_COMPACT_EVERY, TABLE_EVENTS_TOLD
from claps.plain.operations import Operation
from claps.plain.tables import entry_event, entry_fields
from claps.plain.versions import Version
from claps.store.logs import Log
from tests.parts.inside import GUEST
from tests.parts.queries import noting_queries
from tests.parts.realtime import Room


@pytest.fixture
def room(shared_core: Core) -> Room:
    """Somebody with tables."""
    return Room(shared_core)


@pytest.fixture
def name(room: Room) -> str:
    """A table."""
    return room.make_table().name


def test_a_change_is_kept_with_its_event_and_told_after(room: Room, name: str) -> None:
    entry = put_entry(room.kit, room.reader, name, "btc", {"usd": 1.5})

    table, event = room.table(name), entry_event(entry)
    assert (entry.version, table.version.offset, table.entries, table.bytes) == (table.version, 1, 1, 3 + 11)
    assert get_entry(room.kit, None, name, "btc") == entry
    assert changes_since(room.kit, None, name, Version(table.version.epoch, 0)).events == (event,)
    [told] = room.told.of_table(name)
    assert (told.partition(" ")[0], json.loads(told.partition(" ")[2])) == (str(entry.version), event)


def test_what_is_refused_leaves_no_trace(room: Room, name: str) -> None:
    put_entry(room.kit, room.reader, name, "a", "text")
    before = room.table(name)

    with pytest.raises(Invalid):
        run_batch(room.kit, room.reader, name, [Operation("put", "b", 1), Operation("increment", "a")])
    with pytest.raises(TooLarge):
        put_entry(room.kit, room.reader, name, "a", "x" * 65_536)
    with pytest.raises(Refused):
        put_entry(room.kit, GUEST, name, "a", 1)
    with pytest.raises(Invalid):
        run_batch(room.kit, room.reader, name, [])

    assert room.table(name) == before and len(room.told.messages) == 1


def test_one_of_two_who_saw_the_same_is_told_what_the_other_did(room: Room, name: str) -> None:
    seen = put_entry(room.kit, room.reader, name, "a", 1)
    other = put_entry(room.kit, room.reader, name, "a", 2, if_match=str(seen.version))

    with pytest.raises(PreconditionFailed) as failed:
        delete_entry(room.kit, room.reader, name, "a", if_match=str(seen.version))

    assert failed.value.current == entry_fields(other)
    assert delete_entry(room.kit, room.reader, name, "a", if_match="*").offset == 3
    with pytest.raises(PreconditionFailed, match="any more"):
        put_entry(room.kit, room.reader, name, "a", 3, if_match="*")
    with pytest.raises(NotFound):
        delete_entry(room.kit, room.reader, name, "a")


def test_a_batch_sees_what_it_has_done_itself(room: Room, name: str) -> None:
    put, counted, gone, again = run_batch(room.kit, room.reader, name, [
        Operation("put", "a", 1), Operation("increment", "a", by=2), Operation("delete", "a", if_match="*"),
        Operation("put", "a", 9, if_none_match=True),
    ])

    assert [one.version.offset for one in (put, counted, gone, again)] == [1, 2, 3, 4]
    assert counted.entry and counted.entry.value == 3 and not counted.is_new and again.is_new
    assert (room.table(name).entries, get_entry(room.kit, None, name, "a").value) == (1, 9)
    # More than one event is not told but where it leads to.
    assert room.told.of_table(name) == [str(again.version)]


def test_time_to_live_is_taken_from_now(room: Room, name: str) -> None:
    first = put_entry(room.kit, room.reader, name, "a", 1, ttl_seconds=10)
    room.hands.pass_by(9)
    longer = set_ttl(room.kit, room.reader, name, "a", 10)
    counted = increment_entry(room.kit, room.reader, name, "a")

    assert first.expires_at and longer.expires_at
    assert (longer.expires_at - first.expires_at).total_seconds() == 9
    assert counted.expires_at == longer.expires_at and counted.value == 2
    assert put_entry(room.kit, room.reader, name, "a", 1).expires_at is None


def test_what_has_run_out_is_gone_before_it_is_swept_away(room: Room, name: str) -> None:
    put_entry(room.kit, room.reader, name, "a", 41, ttl_seconds=1)
    room.hands.pass_by(1)

    assert list_entries(room.kit, None, name).entries == ()
    for act in (get_entry, delete_entry):
        with pytest.raises(NotFound):
            act(room.kit, room.reader, name, "a")
    with pytest.raises(NotFound):
        set_ttl(room.kit, room.reader, name, "a", 60)
    assert increment_entry(room.kit, room.reader, name, "a").value == 1
    assert put_entry(room.kit, room.reader, name, "b", 1, if_none_match=True).version.offset == 3
    assert room.table(name).entries == 2


def test_a_clock_that_is_set_back_makes_nothing_live_longer(room: Room, name: str) -> None:
    put_entry(room.kit, room.reader, name, "a", 1, ttl_seconds=60)
    room.hands.wall -= 3_600

    room.hands.pass_by(59)
    assert get_entry(room.kit, None, name, "a").value == 1
    room.hands.pass_by(1)

    with pytest.raises(NotFound):
        get_entry(room.kit, None, name, "a")


def test_a_table_has_its_bounds(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = create_scratch(room.kit, room.reader).name
    fill = [Operation("put", f"{n:03}", "x") for n in range(100)]
    run_batch(room.kit, room.reader, scratch, fill)

    with pytest.raises(Conflict, match="100 entries"):
        put_entry(room.kit, room.reader, scratch, "one more", 1)
    run_batch(room.kit, room.reader, scratch, [Operation("delete", "000"), Operation("put", "one more", 1)])
    for key in ("001", "002", "003"):
        put_entry(room.kit, room.reader, scratch, key, "x" * 65_400)
    with pytest.raises(Conflict, match="262,144 bytes"):
        put_entry(room.kit, room.reader, scratch, "004", ["x" * 32_000, "y" * 33_450])
    delete_entry(room.kit, room.reader, scratch, "001")
    assert room.table(scratch).entries == 99


def test_a_page_ends_where_it_must_and_the_next_goes_on(room: Room, name: str) -> None:
    for n in range(6):
        put_entry(room.kit, room.reader, name, f"{n}", "x" * 60_000)

    first = list_entries(room.kit, None, name)
    assert first.next_after == "4"
    second = list_entries(room.kit, None, name, after=first.next_after)

    assert [entry.key for entry in (*first.entries, *second.entries)] == ["0", "1", "2", "3", "4", "5"]
    assert second.next_after is None
    assert list_entries(room.kit, None, name, limit=6).next_after == "4"
    assert list_entries(room.kit, None, name, prefix="5", limit=1).next_after is None


def test_old_changes_go_and_who_comes_late_is_told_so(room: Room, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "TABLE_EVENTS_KEPT", 70)
    monkeypatch.setattr(tables, "TABLE_LOG_BYTES", 4_000)
    epoch = room.table(name).version.epoch
    for _ in range(2 * TABLE_COMPACT_EVERY):
        last = put_entry(room.kit, room.reader, name, "a", "ö" * 10)
    [size] = {len(json.dumps(entry_event(last), ensure_ascii=False, separators=(",", ":")).encode())}

    room.do_errands()

    kept = 4_000 // size
    assert changes_since(room.kit, None, name, Version(epoch, 127 - kept)).resync
    assert len(changes_since(room.kit, None, name, Version(epoch, 128 - kept)).events) == kept


def test_changes_are_read_in_parts(room: Room, name: str) -> None:
    run_batch(room.kit, room.reader, name, [Operation("increment", "a")] * 100)
    epoch = room.table(name).version.epoch

    first = changes_since(room.kit, None, name, Version(epoch, 0))
    second = changes_since(room.kit, None, name, first.version)

    assert (len(first.events), len(second.events), second.version.offset) == (TABLE_EVENTS_TOLD, 36, 100)
    assert second.events[-1]["value"] == 100


def test_a_log_that_was_lost_is_begun_anew(room: Room, name: str) -> None:
    before = put_entry(room.kit, room.reader, name, "a", 1).version
    room.core.database.transact(lambda: Log.delete().where(Log.topic == f"table:{name}").execute())

    after = put_entry(room.kit, room.reader, name, "a", 2).version

    assert after.offset == 1 and after.epoch != before.epoch


def test_a_put_takes_so_many_statements(room: Room, name: str) -> None:
    put_entry(room.kit, room.reader, name, "a", 1)

    with noting_queries() as statements:
        put_entry(room.kit, room.reader, name, "a", 2)

    # The table with its log, the entry; the log's head moves, the event, the entry.
    assert len([text for text in statements if not text.startswith(("BEGIN", "COMMIT"))]) == 5
