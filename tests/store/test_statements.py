"""Statements take from the time of the request that makes them, and what is left undone is undone whole."""

from __future__ import annotations

from collections.abc import Iterator

import peewee
import pytest

from claps.plain import allowance
from claps.plain.allowance import Allowance
from claps.plain.errors import TooSlow
from claps.store.database import Database
from claps.store.readers import Reader, note_readers

LITTLE_SECONDS = 1e-9


@pytest.fixture
def left(database: Database) -> Iterator[Allowance]:
    """What a request has left: enough for one question, whatever it asks."""
    database.ask()
    left = Allowance(LITTLE_SECONDS)
    token = allowance.current.set(left)
    yield left
    allowance.current.reset(token)


def test_who_has_waited_long_enough_asks_no_more(database: Database, left: Allowance) -> None:
    with pytest.raises(TooSlow), database.reading():
        # Taking a connection was the one thing that it could still wait for.
        database.peewee.execute_sql("SELECT 1")

    left.left_seconds = 60
    database.ask()
    assert database.peewee.is_closed()


def test_a_transaction_without_the_time_for_its_end_writes_nothing(database: Database, left: Allowance) -> None:
    def write() -> None:
        left.left_seconds = LITTLE_SECONDS
        note_readers([2])
        note_readers([3])

    with pytest.raises(TooSlow):
        database.transact(write)

    allowance.current.set(None)
    with database.reading():
        assert not list(Reader.select())


def test_the_background_waits_as_often_as_it_must(database: Database) -> None:
    assert allowance.current.get() is None

    database.transact(lambda: [note_readers([number]) for number in (2, 3)])

    with database.reading():
        assert Reader.select(peewee.fn.COUNT(1)).scalar() == 2
