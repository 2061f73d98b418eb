"""How SQL is reached: in transactions that are tried again, through a pool, with errors in our own words."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import gevent
import peewee
import pymysql
import pytest

from claps.plain.errors import Unavailable
from claps.store.database import Database
from claps.store.readers import Reader, note_readers
from tests.parts.mariadb_server import MariadbServer
from tests.parts.processes import eventually, find_free_port

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_mariadb = pytest.mark.parametrize("database_url", ["mariadb"], indirect=True)


def list_readers(database: Database) -> list[int]:
    with database.reading():
        return sorted(row.id for row in Reader.select())


def test_what_fails_leaves_nothing_behind(database: Database) -> None:
    def fail() -> None:
        note_readers([2])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.transact(fail)

    assert list_readers(database) == []


def test_a_transaction_returns_what_its_work_returns(database: Database) -> None:
    assert database.transact(lambda: note_readers([2]) or "done") == "done"
    assert list_readers(database) == [2]


def test_one_piece_of_work_uses_one_connection(database: Database) -> None:
    with database.reading():
        outside = database.peewee.connection()
        inside = database.transact(lambda: database.peewee.connection())

        assert inside is outside
        assert not database.peewee.is_closed()


def test_a_connection_is_given_back_also_after_a_failure(database: Database) -> None:
    for _ in range(20):
        with pytest.raises(peewee.ProgrammingError if not database.is_sqlite else Unavailable):
            with database.reading():
                database.peewee.execute_sql("SELECT nothing FROM nowhere")

    assert database.peewee.is_closed()
    database.ask()


def test_a_broken_rule_is_not_taken_for_a_dead_database(database: Database) -> None:
    with pytest.raises(peewee.IntegrityError):
        database.transact(lambda: [Reader.create(id=2, created_at="2026-11-21") for _ in range(2)])


@on_sqlite
def test_sqlite_waits_for_the_disk_and_lets_readers_read_meanwhile(database: Database) -> None:
    with database.reading():
        told = [database.peewee.execute_sql(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]

    assert told == ["wal", 2]


@on_mariadb
def test_mysql_takes_no_gap_locks(database: Database) -> None:
    with database.reading():
        [level] = database.peewee.execute_sql("SELECT @@SESSION.tx_isolation").fetchone()

    assert level == "READ-COMMITTED"


@on_sqlite
def test_who_finds_sqlite_locked_tries_again_from_the_start(database: Database, database_url: str) -> None:
    tries: list[int] = []
    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writing = gevent.spawn(database.transact, lambda: tries.append(1) or note_readers([2]))
        gevent.sleep(0)  # it has found the lock, and waits

        other.execute("ROLLBACK")

        writing.get(timeout=5)
    assert (tries, list_readers(database)) == ([1], [2])


@on_sqlite
def test_who_finds_sqlite_locked_for_long_says_so(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.store.database.TRIES", 2)
    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(Unavailable, match="busy"):
            database.transact(lambda: note_readers([2]))

        other.execute("ROLLBACK")
    assert list_readers(database) == []


@on_mariadb
def test_who_loses_a_deadlock_tries_again_from_the_start(
    database: Database, database_url: str, mariadb: MariadbServer
) -> None:
    database.transact(lambda: note_readers(range(1, 101)))
    with closing(connect(database_url, mariadb)) as other, closing(other.cursor()) as cursor:
        # Heavier than ours, so that ours is the one that loses.
        cursor.execute("UPDATE reader SET created_at = '2026-11-21' WHERE id > 1")
        tries: list[int] = []
        others: list[threading.Thread] = []

        def cross() -> None:
            tries.append(1)
            Reader.update(created_at="2026-11-22").where(Reader.id == 1).execute()
            if len(tries) == 1:
                others.append(reach_for_the_first_row(cursor, mariadb))
            Reader.update(created_at="2026-11-22").where(Reader.id == 2).execute()

        database.transact(cross)
        others[0].join(5)

    assert len(tries) == 2


def reach_for_the_first_row(cursor: Any, mariadb: MariadbServer) -> threading.Thread:
    """Let the other transaction wait for ours, and commit when it has what it waits for."""

    def reach() -> None:
        cursor.execute("UPDATE reader SET created_at = '2026-11-21' WHERE id = 1")
        cursor.connection.commit()

    thread = threading.Thread(target=reach)
    thread.start()
    eventually(lambda: mariadb.run("SELECT 1 FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'"))
    return thread


def connect(database_url: str, mariadb: MariadbServer) -> Any:
    return pymysql.connect(
        unix_socket=mariadb.socket, user="root", password=mariadb.password, database=database_url.rpartition("/")[2]
    )


def test_a_database_that_refuses_is_unavailable_and_left_alone_for_a_second() -> None:
    database = Database(f"mysql://root@127.0.0.1:{find_free_port()}/claps")
    messages = []
    began = time.monotonic()

    for _ in range(50):
        with pytest.raises(Unavailable) as error:
            database.ask()
        messages.append(error.value.message)

    assert time.monotonic() - began < 1
    assert messages == ["The database does not answer."] + ["The database cannot be reached."] * 49


@on_mariadb
def test_a_database_that_takes_no_writes_any_more_is_left_for_the_one_that_does(
    database_url: str, mariadb: MariadbServer
) -> None:
    name = urlsplit(database_url).path[1:]
    mariadb.run("CREATE OR REPLACE USER writer@127.0.0.1 IDENTIFIED BY 'w'")
    mariadb.run(f"GRANT ALL ON {name}.* TO writer@127.0.0.1")
    database = Database(f"mysql://writer:w@127.0.0.1:{mariadb.port}/{name}")
    make_readers(database)
    with database.reading():
        before = connection_id(database)
    mariadb.run("SET GLOBAL read_only = ON")

    with pytest.raises(Unavailable, match="takes no writes"):
        database.transact(lambda: note_readers([2]))

    mariadb.run("SET GLOBAL read_only = OFF")
    database.transact(lambda: note_readers([3]))
    with database.reading():
        assert connection_id(database) != before
    assert list_readers(database) == [3]
    database.close()


def connection_id(database: Database) -> int:
    return int(database.peewee.execute_sql("SELECT CONNECTION_ID()").fetchone()[0])


def make_readers(database: Database) -> None:
    database.transact(lambda: database.peewee.create_tables([Reader]))


@on_mariadb
def test_a_database_that_comes_back_is_used_again(database: Database, mariadb: MariadbServer) -> None:
    database.ask()
    mariadb.kill()
    with pytest.raises(Unavailable):
        database.ask()

    mariadb.start()

    eventually(lambda: is_answering(database))


def is_answering(database: Database) -> bool:
    try:
        database.ask()
    except Unavailable:
        return False
    return True
