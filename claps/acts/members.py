"""Letting people into realtime tables, and out of them."""

from __future__ import annotations

from claps.acts.tables import Tables, check_may_watch_table
from claps.plain.errors import Conflict, NotFound, Refused
from claps.plain.limits import MEMBERS_PER_TABLE
from claps.plain.people import Reader
from claps.plain.tables import Member, Role, check_owns, check_role, is_table_name, no_such_table
from claps.store import members
from claps.store.people import get_person
from claps.store.tables import hold_table


def set_member(kit: Tables, reader: Reader | None, name: str, person_name: str, role: str) -> Member:
    """Let a person in as an editor or a reader, or let them be the other.

    :raises NotFound: there is no such table, or nobody of that name.
    :raises Refused: it is another one’s table, one to try things out, or the person is the owner.
    :raises Invalid: no member can be that.
    :raises Conflict: there are a hundred members.
    """
    checked: Role = check_role(role)

    def write() -> Member:
        table = hold_table(name)
        check_owns(members.seat_of(table, reader), reader)
        if table.scratch:
            raise Refused("Whoever has the name of a table to try out is in already.")
        person = get_person(person_name)
        seat = members.seat_of(table, Reader(person.id))
        if seat.owns:
            raise Refused("The owner can do everything already.")
        if seat.role is None and members.count_members(table.id) >= MEMBERS_PER_TABLE:
            raise Conflict(f"A table has at most {MEMBERS_PER_TABLE} members.")
        members.put_member(table, person.id, checked)
        return Member(person, checked)

    _check_name(name)
    return kit.database.transact(write)


def remove_member(kit: Tables, reader: Reader | None, name: str, person_name: str) -> None:
    """Let a person out, or go oneself; where only members may read, they are told nothing more from then on.

    :raises NotFound: there is no such table, or the person is no member.
    :raises Refused: it is another one’s table.
    """

    def write() -> None:
        table = hold_table(name)
        person = get_person(person_name)
        if reader is None or reader.id != person.id:
            check_owns(members.seat_of(table, reader), reader)
        if not members.drop_member(table.id, person.id):
            raise NotFound(f"@{person.name} is no member of this table.")

    _check_name(name)
    kit.database.transact(write)
    kit.tell_rights(name)


def list_members(kit: Tables, reader: Reader | None, name: str) -> list[Member]:
    """Read who is let into a table, its owner aside; for members.

    :raises NotFound: there is no such table.
    :raises Refused: the reader is no member.
    """
    seat = check_may_watch_table(kit.database, name, reader)
    if seat.role is None:
        raise Refused("Only members see who the members are.")
    with kit.database.reading():
        return members.members_of(seat.table.id)


def _check_name(name: str) -> None:
    if not is_table_name(name):
        raise no_such_table(name)
