"""Who is let into which realtime table, in SQL."""

from __future__ import annotations

import pytest

from claps.app import Core
from claps.plain.people import GUEST_ID_LEAST, Reader
from claps.plain.tables import Member
from claps.store.members import (
    count_members,
    drop_member,
    drop_members,
    drop_memberships,
    members_of,
    names_after,
    put_member,
    seat_of,
)
from tests.parts.realtime import Room

pytestmark = pytest.mark.parametrize("shared_core", ["sqlite"], indirect=True, scope="module")


@pytest.fixture
def room(shared_core: Core) -> Room:
    """Somebody with tables."""
    return Room(shared_core)


def test_a_member_is_one_thing_at_a_time(room: Room) -> None:
    table, ben = room.make_table(), room.make_person()

    with room.core.database.reading():
        for role in ("reader", "editor", "editor"):
            put_member(table, ben.id, role)  # type: ignore[arg-type]
        assert members_of(table.id) == [Member(ben, "editor")] and count_members(table.id) == 1
        assert seat_of(table, Reader(ben.id)).role == "editor"
        assert (drop_member(table.id, ben.id), drop_member(table.id, ben.id)) == (True, False)
        assert seat_of(table, Reader(ben.id)).role is None


def test_guests_and_strangers_are_nothing_and_the_owner_is_no_member(room: Room) -> None:
    table = room.make_table()

    with room.core.database.reading():
        seats = [seat_of(table, reader) for reader in (None, Reader(GUEST_ID_LEAST), room.reader)]

    assert [seat.role for seat in seats] == [None, None, "owner"]


def test_a_persons_tables_are_read_by_name(room: Room) -> None:
    made = [room.make_table() for _ in range(4)]
    names = sorted(table.name for table in made)
    ben = room.make_person()

    with room.core.database.reading():
        for table in made:
            put_member(table, ben.id, "reader")
        assert names_after(ben.id, names[0], 2) == names[1:3]
        drop_members(made[0].id)
        gone = drop_memberships(ben.id, 2) + drop_memberships(ben.id, 2)
        assert sorted(gone) == sorted(table.name for table in made[1:]) and names_after(ben.id, "", 9) == []
