"""Letting people into realtime tables, and out of them."""

from __future__ import annotations

import pytest

from claps.acts import members
from claps.acts.entries import get_entry, put_entry
from claps.acts.members import list_members, remove_member, set_member
from claps.acts.tables import create_scratch, get_seat, list_mine
from claps.app import Core
from claps.plain.channels import HOUSE_CHANNEL
from claps.plain.errors import Conflict, Invalid, NotFound, Refused, SignInFirst
from claps.plain.people import Person, Reader
from claps.plain.tables import Member
from tests.parts.realtime import Room


@pytest.fixture
def room(shared_core: Core) -> Room:
    """Somebody with tables."""
    return Room(shared_core)


@pytest.fixture
def name(room: Room) -> str:
    """A table for members."""
    return room.make_table(visibility="members").name


@pytest.fixture
def ben(room: Room) -> Person:
    """Ben, who is let in."""
    return room.make_person()


def test_a_reader_reads_and_an_editor_writes(room: Room, name: str, ben: Person) -> None:
    theirs = Reader(ben.id)
    put_entry(room.kit, room.reader, name, "a", 1)

    set_member(room.kit, room.reader, name, ben.name, "reader")
    assert get_entry(room.kit, theirs, name, "a").value == 1
    with pytest.raises(Refused):
        put_entry(room.kit, theirs, name, "a", 2)
    set_member(room.kit, room.reader, name, ben.name, "editor")

    assert put_entry(room.kit, theirs, name, "a", 2).value == 2
    assert list_members(room.kit, theirs, name) == [Member(ben, "editor")]
    assert [table.name for table in list_mine(room.kit, theirs)] == [name]


def test_who_is_let_out_is_told_nothing_more(room: Room, name: str, ben: Person) -> None:
    set_member(room.kit, room.reader, name, ben.name, "editor")

    remove_member(room.kit, room.reader, name, ben.name)

    assert room.told.on(HOUSE_CHANNEL) == [f"table {name}"]
    with pytest.raises(Refused):
        get_seat(room.kit, Reader(ben.id), name)
    with pytest.raises(NotFound):
        remove_member(room.kit, room.reader, name, ben.name)


def test_everybody_may_go(room: Room, name: str, ben: Person) -> None:
    set_member(room.kit, room.reader, name, ben.name, "reader")

    with pytest.raises(Refused):
        remove_member(room.kit, Reader(room.make_person().id), name, ben.name)
    remove_member(room.kit, Reader(ben.id), name, ben.name)

    assert list_members(room.kit, room.reader, name) == []


def test_only_its_owner_says_who_is_in(room: Room, name: str, ben: Person) -> None:
    set_member(room.kit, room.reader, name, ben.name, "editor")

    for reader in (Reader(ben.id), Reader(room.make_person().id)):
        with pytest.raises(Refused):
            set_member(room.kit, reader, name, room.make_person().name, "reader")
    with pytest.raises(SignInFirst):
        set_member(room.kit, None, name, ben.name, "reader")
    with pytest.raises(Refused, match="Only members see"):
        list_members(room.kit, None, room.make_table().name)


def test_not_everything_can_be_a_member(room: Room, name: str, ben: Person) -> None:
    with pytest.raises(Invalid):
        set_member(room.kit, room.reader, name, ben.name, "owner")
    with pytest.raises(Refused):
        set_member(room.kit, room.reader, name, room.person.name, "reader")
    with pytest.raises(NotFound):
        set_member(room.kit, room.reader, name, "nobody", "reader")
    with pytest.raises(Refused):
        set_member(room.kit, room.reader, create_scratch(room.kit, room.reader).name, ben.name, "reader")
    with pytest.raises(NotFound):
        set_member(room.kit, room.reader, "No Table", ben.name, "reader")


def test_a_table_has_so_many_members(room: Room, name: str, ben: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "MEMBERS_PER_TABLE", 1)
    set_member(room.kit, room.reader, name, ben.name, "reader")

    set_member(room.kit, room.reader, name, ben.name, "editor")
    with pytest.raises(Conflict):
        set_member(room.kit, room.reader, name, room.make_person().name, "reader")
