"""Claps that are held back, in SQL; on both databases."""

from __future__ import annotations

from functools import partial

from claps.store.claps import given_by, move_claps, totals_of_readers
from claps.store.database import Database
from claps.store.held import held_of_readers, move_held
from tests.parts.inside import ON_SQLITE

BEN, CYD = 2, 3


def held(database: Database) -> dict[int, int]:
    with database.reading():
        return held_of_readers(12, [BEN, CYD])


def test_what_is_held_adds_up_between_none_and_fifty(database: Database) -> None:
    for move in (8, 45, -1):
        database.transact(partial(move_held, {(12, BEN): move, (12, CYD): 1, (13, BEN): 7}))

    assert held(database) == {BEN: 49, CYD: 3}


def test_what_is_held_no_more_has_no_row(database: Database) -> None:
    database.transact(lambda: move_held({(12, BEN): 8, (12, CYD): 5}))
    database.transact(lambda: move_held({(12, BEN): -8, (12, CYD): -50, (14, CYD): -1}))

    assert held(database) == {}


@ON_SQLITE
def test_held_claps_are_below_zero_for_redis_and_were_given_all_the_same(database: Database) -> None:
    database.transact(lambda: move_claps({(11, BEN): 3, (12, CYD): 4}))
    database.transact(lambda: move_held({(12, BEN): 8}))

    with database.reading():
        assert totals_of_readers(12, [f"c:{BEN}", f"c:{CYD}"]) == {f"c:{BEN}": -8, f"c:{CYD}": 4}
        assert given_by(BEN, "clap", 0, 9) == [11, 12]
        assert given_by(BEN, "clap", 11, 9) == [12]
