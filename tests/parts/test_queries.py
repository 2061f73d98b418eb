"""The counter of statements."""

from __future__ import annotations

from pathlib import Path

from claps.store.database import Database
from tests.parts.queries import noting_queries


def test_statements_are_noted_while_it_listens_and_no_longer(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'claps.db'}")

    with noting_queries() as statements, database.reading():
        database.peewee.execute_sql("SELECT 1")
        database.peewee.execute_sql("SELECT 2")
    database.ask()

    assert statements == ["SELECT 1", "SELECT 2"]
    database.close()
