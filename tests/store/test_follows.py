"""Who follows whom in SQL: rows and totals are one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from claps.store.database import Database
from claps.store.follows import (
    Follow,
    add_follow,
    count_followers,
    followed_after,
    followers_after,
    is_following,
    remove_follow,
    writers_followed,
)
from claps.store.people import Person, add_person

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def ids(database: Database) -> list[int]:
    """Four people: Ada, Ben, Cyd and Dee."""
    return [database.transact(lambda name=name: add_person(name, name, "no hash")).id  # type: ignore[misc]
            for name in ("ada", "ben", "cyd", "dee")]


def follow(database: Database, follower_id: int, writer_id: int) -> bool:
    return database.transact(lambda: add_follow(follower_id, writer_id, at=NOON))


def totals(database: Database) -> list[tuple[int, int]]:
    """The totals of everybody: those who follow, and those who are followed."""
    with database.reading():
        return [(row.followers, row.following) for row in Person.select().order_by(Person.id)]


def test_following_counts_on_both_sides(database: Database, ids: list[int]) -> None:
    ada, ben, cyd, _ = ids

    assert follow(database, ben, ada)
    assert follow(database, cyd, ada)

    assert totals(database) == [(2, 0), (0, 1), (0, 1), (0, 0)]
    with database.reading():
        assert is_following(ben, ada) and not is_following(ada, ben)
        assert count_followers(ada) == 2


def test_following_twice_is_following_once(database: Database, ids: list[int]) -> None:
    ada, ben, *_ = ids
    follow(database, ben, ada)

    assert not follow(database, ben, ada)

    assert totals(database)[0] == (1, 0)


def test_following_no_more_counts_once(database: Database, ids: list[int]) -> None:
    ada, ben, *_ = ids
    follow(database, ben, ada)

    turns = [database.transact(lambda: remove_follow(ben, ada)) for _ in range(2)]

    assert turns == [True, False]
    assert totals(database) == [(0, 0)] * 4


def test_what_fails_moves_neither_row_nor_total(database: Database, ids: list[int]) -> None:
    def fail() -> None:
        add_follow(ids[1], ids[0], at=NOON)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.transact(fail)

    assert totals(database) == [(0, 0)] * 4


def test_followers_are_read_behind_a_key(database: Database, ids: list[int]) -> None:
    ada, ben, cyd, dee = ids
    for follower_id in (dee, ben, cyd):
        follow(database, follower_id, ada)

    with database.reading():
        assert followers_after(ada, 0, 2) == [ben, cyd]
        assert followers_after(ada, cyd, 2) == [dee]


def test_whom_one_follows_is_read_behind_a_key_or_whole(database: Database, ids: list[int]) -> None:
    ada, ben, cyd, dee = ids
    for writer_id in (dee, ada, cyd):
        follow(database, ben, writer_id)

    with database.reading():
        assert writers_followed(ben) == [ada, cyd, dee]
        assert followed_after(ben, ada, 1) == [cyd]


@pytest.mark.parametrize("database_url", ["mariadb"], indirect=True)
def test_all_who_follow_each_other_at_once_are_counted_once(database: Database, ids: list[int]) -> None:
    pairs = [(one, other) for one in ids for other in ids if one != other] * 2

    with ThreadPoolExecutor(6) as threads:
        changed = list(threads.map(lambda pair: follow(database, *pair), pairs))

    assert sum(changed) == 12
    assert totals(database) == [(3, 3)] * 4
    with database.reading():
        assert Follow.select().count() == 12
