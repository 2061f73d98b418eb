"""Every migration leaves yesterday's code its tables: what it reads is there, and what it writes is taken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playhouse.migrations import Runner

from claps.settings import ROOT
from claps.store.database import Database, on_sqlite

FOLDER = str(ROOT / "migrations")
Columns = dict[str, list[Any]]
# No row has this number, and it may stand for claps.
A_VALUE = {"int": 42, "bool": 1, "float": 1, "double": 1, "real": 1, "numeric": 1, "blob": b"x"}
A_MOMENT = "2026-11-21 12:00:00"


@pytest.fixture
def empty_database(database_url: str) -> Iterator[Database]:
    """A database without tables, in which nothing refers to anything."""
    database = Database(database_url)
    with database.reading():
        yield database
    database.close()


def test_what_yesterdays_code_reads_and_writes_stays(empty_database: Database) -> None:
    db, runner = empty_database.peewee, Runner(empty_database.peewee, FOLDER)
    names = [migration.name for migration in runner.migrations()]
    switch = "PRAGMA foreign_keys = 0" if empty_database.is_sqlite else "SET FOREIGN_KEY_CHECKS = 0"
    broken = []
    for name in names:
        yesterday = columns_of_tables(db)
        runner.up(name)
        db.execute_sql(switch)
        broken += [f"{name}: {table}: {why}" for table, why in wrongs(db, yesterday)]

    assert not broken


def columns_of_tables(db: Any) -> Columns:
    """Every table with its columns; not those in which SQLite keeps an index of words."""
    words = virtual_tables(db)
    return {table: db.get_columns(table) for table in db.get_tables() if table not in words}


def virtual_tables(db: Any) -> set[str]:
    """The tables that SQLite makes up, with those that stand behind them."""
    if not on_sqlite():
        return set()
    rows = db.execute_sql("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%'").fetchall()
    return {table for table in db.get_tables() for (name,) in rows if table == name or table.startswith(f"{name}_")}


def wrongs(db: Any, yesterday: Columns) -> Iterator[tuple[str, str]]:
    """Read and write each table by the columns that it had; tell what goes wrong."""
    for table, columns in yesterday.items():
        names = ", ".join(quote(column.name) for column in columns)
        places = ", ".join("?" if on_sqlite() else "%s" for _ in columns)
        try:
            db.execute_sql(f"SELECT {names} FROM {quote(table)} LIMIT 1")
            with db.atomic() as transaction:
                values = [a_value(column) for column in columns]
                db.execute_sql(f"INSERT INTO {quote(table)} ({names}) VALUES ({places})", values)
                transaction.rollback()
        except Exception as error:  # whatever the database says is what yesterday's code would hear
            yield table, str(error)


def quote(name: str) -> str:
    """A name that may be a word of the database's own."""
    return f'"{name}"' if on_sqlite() else f"`{name}`"


def a_value(column: Any) -> Any:
    """Something that fits."""
    kind = column.data_type.lower()
    if "date" in kind or "time" in kind:
        return A_MOMENT
    return next((value for word, value in A_VALUE.items() if word in kind), "x")


def test_a_migration_that_asks_for_more_than_yesterday_knew_is_seen(empty_database: Database) -> None:
    db = empty_database.peewee
    db.execute_sql("CREATE TABLE bell (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL)")
    yesterday = columns_of_tables(db)

    db.execute_sql("DROP TABLE bell")
    db.execute_sql("CREATE TABLE bell (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL, weight INTEGER NOT NULL)")

    assert [table for table, _ in wrongs(db, yesterday)] == ["bell"]
