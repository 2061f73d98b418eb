"""The table of realtime tables: one row for each, which whoever changes the table holds until it is through.

Everybody takes locks in one order: the table's row, its log's, its entries'. So two who write to one table wait for
each other at its row, nobody waits in a circle, and those who write to different tables share no row. (SQLite has one
writer at a time, whatever is written.)
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from peewee import BigAutoField, BigIntegerField, CharField, DateTimeField, IntegerField, IntegrityError

from claps.plain.errors import Conflict
from claps.plain.tables import Table, moment_of, no_such_table, table_topic
from claps.plain.versions import Version
from claps.store.database import Model, locked
from claps.store.logs import NOTHING_YET, begin, heads

GONE = "gone"


class RealtimeTable(Model):
    """One table; ``access`` is public, members, or scratch. ``entries`` and ``bytes`` count its rows in ``entry``.

    One that was deleted is ``gone``, nobody's and has no name that can be asked for, until what was in it is deleted as
    well: SQLite gives the id of a row that is gone to the next one.
    """

    id = BigAutoField()
    name = CharField(max_length=64, unique=True)
    owner_id = BigIntegerField()
    access = CharField(max_length=8)
    entries = IntegerField(default=0)
    bytes = BigIntegerField(default=0)
    created_at = DateTimeField()
    expires_ms = BigIntegerField(null=True)

    class Meta:
        legacy_table_names = False

    def value(self, version: Version) -> Table:
        """This row as other floors know it."""
        return Table(
            self.id, self.name, self.owner_id, "members" if self.access == "members" else "public",
            self.access == "scratch", version,
            self.entries, self.bytes, self.created_at.replace(tzinfo=UTC),
            None if self.expires_ms is None else moment_of(self.expires_ms),
        )


def add_table(name: str, owner_id: int, access: str, *, at: datetime, expires_ms: int | None = None) -> Table:
    """Add a table and begin its log; call inside a transaction.

    :raises Conflict: the name is taken.
    """
    taken = Conflict(f"There is a table “{name}” already.")
    if RealtimeTable.select().where(RealtimeTable.name == name).exists():
        raise taken
    moment = at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    try:
        row = RealtimeTable.create(
            name=name, owner_id=owner_id, access=access, created_at=moment, expires_ms=expires_ms
        )
    except IntegrityError as error:
        raise taken from error  # Whoever made it in the same moment was first.
    version = begin(table_topic(name))
    return row.value(version)


def find_table(name: str) -> Table | None:
    """Find a table by name."""
    return next(iter(_read(RealtimeTable.name == name)), None)


def hold_table(name: str) -> Table:
    """Read a table, and let nobody else change it until the transaction ends.

    :raises NotFound: there is none.
    """
    row: Any = locked(RealtimeTable.select().where(RealtimeTable.name == name)).first()
    if row is None:
        raise no_such_table(name)
    topic = table_topic(name)
    # After the row is held: nobody moves the log then. One that was lost by hand is begun anew.
    version = heads([topic])[topic]
    value: Table = row.value(begin(topic) if version == NOTHING_YET else version)
    return value


def find_tables(names: Iterable[str]) -> list[Table]:
    """Read tables by name, in the order of their names; those that are gone are missing."""
    return _read(RealtimeTable.name.in_(list(names)))


def owned_after(owner_id: int, after: str, limit: int) -> list[Table]:
    """Read the tables of one owner, by name, behind a name."""
    mine = (RealtimeTable.owner_id == owner_id) & (RealtimeTable.name > after)
    return _read(mine, limit=limit)


def public_after(after: str, limit: int) -> list[Table]:
    """Read the tables that everybody may read, by name, behind a name; scratch tables are not listed."""
    theirs = (RealtimeTable.access == "public") & (RealtimeTable.name > after)
    return _read(theirs, limit=limit)


def count_owned(owner_id: int, *, scratch: bool) -> int:
    """Count the tables of one owner: those to try out, or the others."""
    mine = (RealtimeTable.owner_id == owner_id) & RealtimeTable.expires_ms.is_null(not scratch)
    return int(RealtimeTable.select().where(mine).count())


def count_scratch() -> int:
    """Count the tables that run out."""
    return int(RealtimeTable.select().where(RealtimeTable.expires_ms.is_null(False)).count())


def run_out(now_ms: int, limit: int) -> list[str]:
    """Read the names of tables whose time has come, longest due first."""
    query: Any = RealtimeTable.select(RealtimeTable.name).where(RealtimeTable.expires_ms <= now_ms)
    return [name for (name,) in query.order_by(RealtimeTable.expires_ms).limit(limit).tuples()]


def set_access(table_id: int, access: str) -> None:
    """Change who may read a table."""
    RealtimeTable.update(access=access).where(RealtimeTable.id == table_id).execute()


def hide_table(table_id: int) -> None:
    """Let nobody find a table any more, and its name be given to another; call while its row is held."""
    RealtimeTable.update(name=f"#{table_id}", owner_id=0, access=GONE, expires_ms=None).where(
        RealtimeTable.id == table_id
    ).execute()


def drop_table(table_id: int) -> None:
    """Delete the row of a table that is hidden, and in which nothing is left."""
    RealtimeTable.delete().where((RealtimeTable.id == table_id) & (RealtimeTable.access == GONE)).execute()


def _read(where: Any, *, limit: int | None = None) -> list[Table]:
    rows = list(RealtimeTable.select().where(where).order_by(RealtimeTable.name).limit(limit))
    versions = heads(table_topic(row.name) for row in rows)
    return [row.value(versions[table_topic(row.name)]) for row in rows]
