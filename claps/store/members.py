"""Who is let into which realtime table; its owner is not among them."""

from __future__ import annotations

from typing import Any

from peewee import BigIntegerField, CharField, CompositeKey

from claps.plain.people import Reader
from claps.plain.tables import Member, Role, Seat, Table
from claps.store.database import Model
from claps.store.people import find_people


class TableMember(Model):
    """One person in one table; ``name`` is the table's, so that a person's tables are read in their order."""

    table_id = BigIntegerField()
    reader_id = BigIntegerField()
    name = CharField(max_length=64)
    role = CharField(max_length=8)

    class Meta:
        legacy_table_names = False
        primary_key = CompositeKey("table_id", "reader_id")


def seat_of(table: Table, reader: Reader | None) -> Seat:
    """Tell what a reader is in a table."""
    if reader is None:
        return Seat(table, None)
    if reader.id == table.owner_id:
        return Seat(table, "owner")
    row: Any = None if reader.is_guest else TableMember.get_or_none(_is(table.id, reader.id))
    return Seat(table, None if row is None else row.role)


def put_member(table: Table, reader_id: int, role: Role) -> None:
    """Let a person in, or let them be something else; call while the table's row is held."""
    if TableMember.update(role=role).where(_is(table.id, reader_id)).execute():
        return
    if not TableMember.select().where(_is(table.id, reader_id)).exists():
        TableMember.insert(table_id=table.id, reader_id=reader_id, name=table.name, role=role).execute()


def drop_member(table_id: int, reader_id: int) -> bool:
    """Let a person out; False when nobody was there."""
    return bool(TableMember.delete().where(_is(table_id, reader_id)).execute())


def drop_members(table_id: int) -> None:
    """Let everybody out."""
    TableMember.delete().where(TableMember.table_id == table_id).execute()


def drop_memberships(reader_id: int, limit: int) -> list[str]:
    """Let a person out of some of the tables; return their names."""
    query: Any = TableMember.select(TableMember.table_id, TableMember.name).where(TableMember.reader_id == reader_id)
    found = sorted((int(table_id), name) for table_id, name in query.limit(limit).tuples())
    for table_id, _ in found:
        drop_member(table_id, reader_id)
    return [name for _, name in found]


def count_members(table_id: int) -> int:
    """Count who is let in."""
    return int(TableMember.select().where(TableMember.table_id == table_id).count())


def members_of(table_id: int) -> list[Member]:
    """Read who is let in, in the order in which they came to the site."""
    rows: Any = TableMember.select().where(TableMember.table_id == table_id)
    roles: dict[int, Role] = {row.reader_id: row.role for row in rows}
    return [Member(person, roles[person.id]) for person in find_people(roles)]


def names_after(reader_id: int, after: str, limit: int) -> list[str]:
    """Read the names of the tables that a person is let into, behind a name."""
    mine = (TableMember.reader_id == reader_id) & (TableMember.name > after)
    query: Any = TableMember.select(TableMember.name).where(mine).order_by(TableMember.name).limit(limit)
    return [name for (name,) in query.tuples()]


def _is(table_id: int, reader_id: int) -> Any:
    return (TableMember.table_id == table_id) & (TableMember.reader_id == reader_id)
