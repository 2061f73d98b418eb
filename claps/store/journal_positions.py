"""How far each shard's journal has come into SQL: the row that makes a flush happen exactly once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from peewee import BigIntegerField, CharField, IntegerField

from claps.store.database import Database, Model


class JournalPosition(Model):
    """The last journal entry of a shard that is in SQL, and the epoch it belongs to."""

    shard = IntegerField(primary_key=True)
    epoch = BigIntegerField()
    entry_id = CharField(max_length=40)


@dataclass(frozen=True, slots=True)
class Position:
    """A shard's epoch as SQL knows it, and the id of the last entry that was flushed."""

    shard: int
    epoch: int
    entry_id: str


def lock_position(database: Database, shard: int) -> Position:
    """Read a shard's position and hold it until the transaction ends: the fence between flushers.

    On SQLite the transaction's BEGIN IMMEDIATE holds it already.
    """
    query: Any = JournalPosition.select().where(JournalPosition.shard == shard)
    row = (query if database.is_sqlite else query.for_update()).get()
    return Position(row.shard, row.epoch, row.entry_id)


def set_position(position: Position) -> None:
    """Write how far a shard has come, in the transaction that wrote what it tells."""
    JournalPosition.update(epoch=position.epoch, entry_id=position.entry_id).where(
        JournalPosition.shard == position.shard
    ).execute()


def all_positions() -> list[Position]:
    """Read every shard's position."""
    return [Position(row.shard, row.epoch, row.entry_id) for row in JournalPosition.select()]
