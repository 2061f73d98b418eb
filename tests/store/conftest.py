"""Fixtures: an empty database, on SQLite and on MariaDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from claps.store.database import Database
from claps.store.people import add_person
from claps.store.posts import add_post
from tests.parts.inside import NEWEST, bring_to_newest_form

T = TypeVar("T")
Reading = Callable[[Callable[[], T]], T]


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database in its newest form, with nobody and nothing in it."""
    database = Database(database_url)
    if database_url not in NEWEST:
        bring_to_newest_form(database)
    yield database
    database.close()


@pytest.fixture
def written(database: Database) -> tuple[int, int]:
    """The numbers of a post that nobody has seen yet, and of its writer."""

    def write() -> tuple[int, int]:
        writer = add_person("ada", "Ada", "no hash")
        words = {"title": None, "slug": "", "body": "Ding.", "body_html": "", "summary": "Ding.", "words": 1}
        return add_post({**words, "writer_id": writer.id, "published_at": datetime.now(UTC)}), writer.id

    return database.transact(write)


@pytest.fixture
def transaction(database: Database) -> Iterator[None]:
    """The test runs in one transaction, as the queries that write expect it."""
    with database.reading(), database.peewee.atomic():
        yield
