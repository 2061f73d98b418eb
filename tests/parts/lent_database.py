"""One database of MariaDB that many tests have after one another: to sweep it is faster than to make a new one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pymysql
from pymysql.cursors import Cursor

from claps.settings import ROOT
from claps.store.database import Database
from claps.store.migrations import migrate
from tests.parts.inside import NEWEST
from tests.parts.mariadb_server import MariadbServer

LOCK_SECONDS = 5
HISTORY = "schema_migration"
INDEXED = ("post_text",)


class LentDatabase:
    """A database in its newest form with nothing in it, for one test at a time."""

    def __init__(self, server: MariadbServer) -> None:
        self._server = server
        self._url = ""
        self._tables: set[str] = set()
        # What the migrations put into it themselves.
        self._rows: dict[str, list[tuple[object, ...]]] = {}

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The URL of the database; what is written into it is gone afterwards."""
        if not self._url:
            self._make()
        yield self._url
        self._server.revive()
        try:
            is_clean = self._swept()
        except pymysql.MySQLError:
            is_clean = False  # Somebody still holds a lock, or the server was killed.
        if not is_clean:
            self.drop()

    def drop(self) -> None:
        """Remove it; the next test gets a new one."""
        if self._url:
            self._server.drop_database(self._url)
        NEWEST.discard(self._url)
        self._url = ""

    def _make(self) -> None:
        self._url = self._server.make_database()
        database = Database(self._url)
        migrate(database, ROOT / "migrations")
        database.close()
        NEWEST.add(self._url)
        with self._server.connected() as cursor:
            self._tables = set(self._numbers(cursor))
            found = {table: self._read(cursor, f"SELECT * FROM {self._name}.`{table}`") for table in self._tables}
        self._rows = {table: rows for table, rows in found.items() if rows and table != HISTORY}

    @property
    def _name(self) -> str:
        return self._url.rpartition("/")[2]

    def _swept(self) -> bool:
        # Over one connection: on a busy machine to connect takes longer than all the rest.
        with self._server.connected() as cursor:
            cursor.execute(f"SET innodb_lock_wait_timeout = {LOCK_SECONDS}, lock_wait_timeout = {LOCK_SECONDS}")
            cursor.execute("SET foreign_key_checks = 0")
            numbers = self._numbers(cursor)
            if set(numbers) != self._tables:
                return False  # The test was about tables themselves.
            for table in [*self._filled(cursor), *self._rows]:
                # InnoDB remembers in a full-text index what was deleted, and finds what comes in its place or does not.
                how = "TRUNCATE" if table in INDEXED else "DELETE FROM"
                cursor.execute(f"{how} {self._name}.`{table}`")
            for table, rows in self._rows.items():
                places = ", ".join(["%s"] * len(rows[0]))
                cursor.executemany(f"INSERT INTO {self._name}.`{table}` VALUES ({places})", rows)
            for table, number in numbers.items():
                if number is not None and number > 1 and table != HISTORY:
                    cursor.execute(f"ALTER TABLE {self._name}.`{table}` AUTO_INCREMENT = 1")
        return True

    def _numbers(self, cursor: Cursor) -> dict[str, int | None]:
        # The next number of each table, where it numbers its rows.
        tables = f"information_schema.tables WHERE table_schema = '{self._name}'"
        rows = self._read(cursor, f"SELECT table_name, auto_increment FROM {tables}")
        return {table: number for table, number in rows}

    def _filled(self, cursor: Cursor) -> list[str]:
        looks = (
            f"SELECT '{table}' FROM DUAL WHERE EXISTS (SELECT 1 FROM {self._name}.`{table}`)"
            for table in sorted(self._tables - self._rows.keys() - {HISTORY})
        )
        return [table for (table,) in self._read(cursor, " UNION ALL ".join(looks))]

    def _read(self, cursor: Cursor, query: str) -> list[tuple[Any, ...]]:
        cursor.execute(query)
        return list(cursor.fetchall())
