"""The flush's own statements: numbers, written as text or bound."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from claps.store.bulk import add_dated, delete_pairs, find_pairs, put_rows
from claps.store.database import Database
from claps.store.readers import Reader

pytestmark = pytest.mark.usefixtures("transaction")
COLUMNS = ("post_id", "reader_id", "claps")
BIGGEST = 2**63 - 1


def test_rows_are_put_found_replaced_and_deleted() -> None:
    put_rows("clap", COLUMNS, [(1, 2, 5), (1, BIGGEST, 6), (2, 2, 7)])
    put_rows("clap", COLUMNS, [(1, 2, 8)])
    delete_pairs("clap", [(2, 2)])

    found = find_pairs("clap", COLUMNS, [(1, 2), (1, BIGGEST), (2, 2), (2, BIGGEST)])

    assert sorted(found) == [(1, 2, 8), (1, BIGGEST, 6)]


@pytest.mark.parametrize("database_url", ["mariadb"], indirect=True)
def test_only_numbers_are_ever_written_into_a_statement() -> None:
    with pytest.raises(TypeError):
        put_rows("clap", COLUMNS, [(1, 2, "3), (4, 5, 6")])  # type: ignore[list-item]


def test_dates_are_in_utc_wherever_the_database_is(database: Database) -> None:
    if not database.is_sqlite:
        database.peewee.execute_sql("SET time_zone = '+05:00'")

    add_dated("reader", [2])

    noted_at = Reader.get().created_at.replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - noted_at) < timedelta(minutes=1)
