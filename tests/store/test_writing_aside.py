"""SQLite writes in a thread of the system's, so that nobody else waits for the disk."""

from __future__ import annotations

import threading
from typing import Any

import gevent
import peewee
import pytest

from claps.store.database import Database
from claps.store.readers import Reader, note_readers
from tests.live.peers import until
from tests.parts.inside import ON_SQLITE

pytestmark = ON_SQLITE
SECONDS = 10


class Disk:
    """A disk that begins to write and is done when the test says so."""

    def __init__(self) -> None:
        self.is_writing, self.is_done = threading.Event(), threading.Event()
        self.thread = 0

    def write(self) -> int:
        """Write; called by SQLite in the midst of a statement."""
        self.thread = threading.get_ident()
        self.is_writing.set()
        return int(self.is_done.wait(SECONDS))


@pytest.fixture
def disk(database: Database) -> Disk:
    """What ``SELECT disk()`` waits for."""
    disk = Disk()
    database.peewee.register_function(disk.write, "disk", 0)
    database.close()
    return disk


def write(database: Database) -> Any:
    """Note a reader, and wait for the disk."""
    note_readers([2])
    return database.peewee.execute_sql("SELECT disk()").fetchone()


def list_readers(database: Database) -> list[int]:
    with database.reading():
        return [row.id for row in Reader.select()]


def test_others_go_on_while_a_transaction_waits_for_the_disk(database: Database, disk: Disk) -> None:
    writing = gevent.spawn(database.transact, lambda: write(database))
    until(disk.is_writing.is_set)

    disk.is_done.set()

    assert writing.get(timeout=SECONDS) == (1,)
    assert list_readers(database) == [2]


def test_what_is_read_outside_of_a_transaction_is_read_at_once(database: Database, disk: Disk) -> None:
    disk.is_done.set()

    with database.reading():
        database.peewee.execute_sql("SELECT disk()").fetchone()

    assert disk.thread == threading.get_ident()


def test_who_is_killed_leaves_no_connection_that_is_still_at_work(database: Database, disk: Disk) -> None:
    writing = gevent.spawn(database.transact, lambda: write(database))
    until(disk.is_writing.is_set)

    writing.kill(block=False)
    writing.kill(block=False)
    gevent.sleep(0)
    was_waited_for = not writing.dead
    disk.is_done.set()
    writing.join(SECONDS)

    assert (was_waited_for, writing.dead, database.peewee.is_closed()) == (True, True, True)
    assert list_readers(database) == []
    assert database.transact(lambda: note_readers([3]) or list_readers(database)) == [3]


def test_an_error_of_the_thread_is_the_statements_own(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(peewee.IntegrityError):
        database.transact(lambda: [Reader.create(id=2, created_at="2026-11-21") for _ in range(2)])

    assert capsys.readouterr().err == ""
