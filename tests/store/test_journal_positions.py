"""Positions of the journal: one row a shard, and the fence between flushers."""

from __future__ import annotations

from dataclasses import replace

import pymysql
import pytest

from claps.plain.limits import SHARDS
from claps.store.database import Database
from claps.store.journal_positions import Position, all_positions, lock_position, set_position
from tests.parts.mariadb_server import MariadbServer


def test_every_shard_begins_before_its_first_entry(database: Database) -> None:
    with database.reading():
        assert all_positions() == [Position(shard, 0, "0-0") for shard in range(SHARDS)]


def test_a_position_moves_alone(database: Database) -> None:
    moved = Position(3, 1_795_000_000, "1795000000123-4")

    database.transact(lambda: set_position(moved))

    assert database.transact(lambda: lock_position(database, 3)) == moved
    assert database.transact(lambda: lock_position(database, 4)) == Position(4, 0, "0-0")


def test_a_position_that_was_not_committed_has_not_moved(database: Database) -> None:
    def fail() -> None:
        set_position(replace(lock_position(database, 3), entry_id="5-5"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.transact(fail)

    assert database.transact(lambda: lock_position(database, 3)).entry_id == "0-0"


@pytest.mark.parametrize("database_url", ["mariadb"], indirect=True)
def test_a_locked_position_is_nobody_elses_and_other_shards_are_free(
    database: Database, database_url: str, mariadb: MariadbServer
) -> None:
    table = database_url.rpartition("/")[2] + ".journal_position"

    def try_both() -> None:
        lock_position(database, 3)
        assert mariadb.run(f"SELECT shard FROM {table} WHERE shard = 4 FOR UPDATE NOWAIT") == [(4,)]
        with pytest.raises(pymysql.err.OperationalError, match="1205"):
            mariadb.run(f"SELECT shard FROM {table} WHERE shard = 3 FOR UPDATE NOWAIT")

    database.transact(try_both)

    assert mariadb.run(f"SELECT shard FROM {table} WHERE shard = 3 FOR UPDATE NOWAIT") == [(3,)]
