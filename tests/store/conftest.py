"""Fixtures: an empty database, on SQLite and on MariaDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from claps.settings import ROOT
from claps.store.database import Database
from claps.store.migrations import migrate

T = TypeVar("T")
Reading = Callable[[Callable[[], T]], T]


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database in its newest form, with nobody and nothing in it."""
    database = Database(database_url)
    migrate(database, ROOT / "migrations")
    yield database
    database.close()


@pytest.fixture
def transaction(database: Database) -> Iterator[None]:
    """The test runs in one transaction, as the queries that write expect it."""
    with database.reading(), database.peewee.atomic():
        yield
