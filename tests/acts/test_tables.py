"""Making realtime tables, sharing them, and letting them go."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from claps.acts import tables
from claps.acts.entries import put_entry
from claps.acts.leaving import Leaving
from claps.acts.members import list_members, set_member
from claps.acts.tables import (
    create_scratch,
    create_table,
    delete_table,
    drop_run_out,
    drop_tables_of,
    get_seat,
    list_mine,
    list_public,
    set_visibility,
)
from claps.app import Core
from claps.plain.channels import HOUSE_CHANNEL
from claps.plain.errors import Conflict, Invalid, NotFound, Refused, SignInFirst
from claps.plain.limits import SCRATCH_SECONDS
from claps.plain.people import Reader
from claps.store.entries import Entry
from claps.store.errands import Task
from claps.store.logs import Event, Log
from claps.store.tables import RealtimeTable
from tests.parts.inside import GUEST
from tests.parts.realtime import Room

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def room(shared_core: Core) -> Room:
    """Somebody with tables."""
    return Room(shared_core)


def test_a_new_table_is_empty_and_has_a_version(room: Room) -> None:
    made = create_table(room.kit, room.person, f"of-{room.person.name}", visibility="members")

    assert (made.entries, made.version.offset, made.visibility, made.scratch) == (0, 0, "members", False)
    assert get_seat(room.kit, room.reader, made.name).table == made
    assert get_seat(room.kit, room.reader, made.name).owns


def test_a_person_has_so_many_tables(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "TABLES_PER_PERSON", 2)
    room.make_table()
    room.make_table()
    create_scratch(room.kit, room.reader)

    with pytest.raises(Conflict, match="2 tables"):
        room.make_table()


def test_only_members_find_what_is_for_members(room: Room) -> None:
    name, other = room.make_table(visibility="members").name, Reader(room.make_person().id)

    with pytest.raises(SignInFirst):
        get_seat(room.kit, None, name)
    with pytest.raises(SignInFirst):
        get_seat(room.kit, GUEST, name)
    with pytest.raises(Refused, match="Its owner can let you in"):
        get_seat(room.kit, other, name)


def test_who_may_read_can_be_changed_by_its_owner(room: Room) -> None:
    name, other = room.make_table().name, Reader(room.make_person().id)

    with pytest.raises(Refused):
        set_visibility(room.kit, other, name, "members")
    with pytest.raises(Invalid):
        set_visibility(room.kit, room.reader, name, "nobody")
    set_visibility(room.kit, room.reader, name, "members")

    assert room.table(name).visibility == "members"
    assert room.told.on(HOUSE_CHANNEL) == [f"table {name}"]


def test_a_deleted_table_leaves_nothing(room: Room) -> None:
    name = room.make_table().name
    put_entry(room.kit, room.reader, name, "a", 1)
    rows = (RealtimeTable, Entry, Event, Log)
    with room.core.database.reading():
        before = [model.select().count() for model in rows]

    with pytest.raises(Refused):
        delete_table(room.kit, GUEST, name)
    delete_table(room.kit, room.reader, name)

    assert room.told.on(HOUSE_CHANNEL) == [f"table {name}"]
    with pytest.raises(NotFound):
        get_seat(room.kit, room.reader, name)
    assert list_mine(room.kit, room.reader) == []
    room.do_errands()
    with room.core.database.reading():
        assert [model.select().count() for model in rows] == [count - 1 for count in before]


def test_a_redis_that_is_away_holds_up_nobody(room: Room) -> None:
    name = room.make_table().name
    room.told.is_away = True

    put_entry(room.kit, room.reader, name, "a", 1)
    delete_table(room.kit, room.reader, name)

    with pytest.raises(NotFound):
        get_seat(room.kit, room.reader, name)


def test_a_table_to_try_out_is_everybodys_for_a_day(room: Room) -> None:
    scratch = create_scratch(room.kit, GUEST)
    put_entry(room.kit, None, scratch.name, "a", 1)

    room.hands.pass_by(SCRATCH_SECONDS - 1)
    drop_run_out(room.kit, 9)
    assert get_seat(room.kit, None, scratch.name).may_write
    room.hands.pass_by(1)
    drop_run_out(room.kit, 9)

    assert f"table {scratch.name}" in room.told.on(HOUSE_CHANNEL)
    assert scratch.name not in [table.name for table in list_public(room.kit, limit=999)]
    with pytest.raises(NotFound):
        get_seat(room.kit, GUEST, scratch.name)


def test_one_tries_out_so_many_tables_at_once(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    guest = Reader(GUEST.id + room.person.id)
    for _ in range(3):
        create_scratch(room.kit, guest)

    with pytest.raises(Conflict, match="You have 3"):
        create_scratch(room.kit, guest)
    monkeypatch.setattr(tables, "SCRATCH_TABLES", 3)
    with pytest.raises(Conflict, match="too many"):
        create_scratch(room.kit, room.reader)
    with pytest.raises(Refused, match="may see it"):
        set_visibility(room.kit, guest, list_mine(room.kit, guest)[0].name, "members")


def test_who_leaves_takes_their_tables_along(room: Room) -> None:
    names = sorted(room.make_table().name for _ in range(3))

    gone = [room.core.database.transact(lambda: drop_tables_of(room.person.id, 2)) for _ in range(3)]

    assert gone == [names[:2], names[2:], []]


def test_who_leaves_is_no_member_any_more(room: Room, tmp_path: Path) -> None:
    other, name = Room(room.core), room.make_table().name
    set_member(room.kit, room.reader, name, other.person.name, "editor")
    mine = other.make_table().name
    leaving = Leaving(room.core.database, room.core.ledger, room.told, tmp_path)
    task = Task(1, "leave", {"what": "tables", "person_id": other.person.id}, 0, 0, NOON)

    step = room.core.database.transact(lambda: leaving.do(task))
    assert step.tell
    step.tell()

    assert list_mine(room.kit, other.reader) == [] and list_members(room.kit, room.reader, name) == []
    assert room.told.on(HOUSE_CHANNEL) == [f"table {mine}", f"table {name}"]
    assert room.core.database.transact(lambda: leaving.do(task)).cursor is None
