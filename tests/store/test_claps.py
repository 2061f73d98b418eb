"""Claps and likes in SQL: a post's sum always equals the sum of its rows."""

from __future__ import annotations

import pytest

from claps.plain.people import GUEST_ID_LEAST
from claps.store.claps import (
    count_guests_who_like,
    likers_after,
    move_claps,
    move_likes,
    totals_of_posts,
    totals_of_readers,
)
from claps.store.database import Database

pytestmark = pytest.mark.usefixtures("transaction")
POST, OTHER = 12, 13
BEN, CYD, GUEST = 2, 3, GUEST_ID_LEAST + 7


def test_a_first_clap_makes_a_row_and_counts_a_person() -> None:
    moved = move_claps({(POST, BEN): 8, (POST, GUEST): 1, (OTHER, BEN): 3})

    assert moved == {POST: (9, 2), OTHER: (3, 1)}
    assert totals_of_posts([POST], most=10) == {POST: {f"c:{BEN}": 8, f"c:{GUEST}": 1}}


def test_more_claps_count_no_more_people() -> None:
    move_claps({(POST, BEN): 8})

    assert move_claps({(POST, BEN): 2, (POST, CYD): 1}) == {POST: (3, 1)}
    assert totals_of_readers(POST, {f"c:{BEN}"}) == {f"c:{BEN}": 10}


@pytest.mark.parametrize(("before", "move", "after"), [(48, 5, 50), (0, 70, 50), (3, -50, 0), (0, -5, 0)])
def test_what_goes_past_fifty_or_nought_is_dropped_from_row_and_sum(before: int, move: int, after: int) -> None:
    if before:
        move_claps({(POST, BEN): before})

    [(claps, people)] = move_claps({(POST, BEN): move}).values()

    assert claps == after - before
    assert people == (after > 0) - (before > 0)
    assert totals_of_readers(POST, {f"c:{BEN}"}) == {f"c:{BEN}": after}


def test_who_takes_all_back_has_no_row() -> None:
    move_claps({(POST, BEN): 8, (POST, CYD): 1})

    assert move_claps({(POST, BEN): -8}) == {POST: (-8, -1)}
    assert totals_of_posts([POST], most=10) == {POST: {f"c:{CYD}": 1}}


def test_many_rows_go_in_several_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claps.store.claps.ROWS_PER_STATEMENT", 7)

    moved = move_claps({(post_id, reader_id): 2 for post_id in (POST, OTHER) for reader_id in range(1, 26)})

    assert moved == {POST: (50, 25), OTHER: (50, 25)}
    assert totals_of_readers(OTHER, {"c:25"}) == {"c:25": 2}


def test_likes_are_given_and_taken_once() -> None:
    assert move_likes({(POST, BEN): 1, (POST, CYD): 1, (OTHER, BEN): 1}) == {POST: 2, OTHER: 1}
    assert move_likes({(POST, BEN): 1}) == {}
    assert move_likes({(POST, BEN): -1, (OTHER, CYD): -1}) == {POST: -1}
    assert totals_of_posts([POST], most=10) == {POST: {f"l:{CYD}": 1}}


def test_who_likes_is_read_behind_a_key_people_by_id_and_guests_by_number() -> None:
    move_likes({(POST, BEN): 1, (POST, CYD): 1, (POST, 9): 1, (POST, GUEST): 1, (POST, GUEST + 1): 1, (OTHER, 4): 1})

    assert likers_after(POST, 0, 2) == [BEN, CYD]
    assert likers_after(POST, CYD, 2) == [9]
    assert (count_guests_who_like(POST), count_guests_who_like(OTHER)) == (2, 0)


def test_a_post_with_too_many_readers_has_no_list_of_them() -> None:
    move_claps({(POST, BEN): 1, (POST, CYD): 1})
    move_likes({(POST, GUEST): 1})

    assert totals_of_posts([POST], most=2) is None
    assert totals_of_posts([POST], most=3) == {POST: {f"c:{BEN}": 1, f"c:{CYD}": 1, f"l:{GUEST}": 1}}


def test_a_post_without_readers_has_an_empty_list() -> None:
    assert totals_of_posts([POST], most=10) == {POST: {}}


def test_single_readers_totals_are_read_nought_included() -> None:
    move_claps({(POST, BEN): 8, (OTHER, CYD): 4})
    move_likes({(POST, CYD): 1})

    totals = totals_of_readers(POST, {f"c:{BEN}", f"c:{CYD}", f"l:{CYD}", f"l:{BEN}"})

    assert totals == {f"c:{BEN}": 8, f"c:{CYD}": 0, f"l:{CYD}": 1, f"l:{BEN}": 0}


def test_nothing_to_move_is_nothing() -> None:
    assert (move_claps({}), move_likes({}), totals_of_readers(POST, ())) == ({}, {}, {})


def test_claps_for_many_posts_go_in_several_statements() -> None:
    moves = {(post, reader): 1 for post in range(1, 51) for reader in range(1, 21)}

    assert move_claps(moves) == {post: (20, 20) for post in range(1, 51)}
    assert move_claps(moves) == {post: (20, 0) for post in range(1, 51)}


def test_what_readers_gave_is_found_without_reading_the_table(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    move_claps({(post, reader): 1 for post in (POST, OTHER) for reader in range(1, 1001)})

    with caplog.at_level("DEBUG", logger="peewee"):
        move_claps({(POST, BEN): 1, (OTHER, CYD): 1})

    sql, params = next(record.msg for record in caplog.records if "SELECT" in str(record.msg))
    explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
    plan = str(list(database.peewee.execute_sql(f"{explain} {sql}", params)))
    assert "SEARCH" in plan or "'range'" in plan
    assert "SCAN" not in plan
