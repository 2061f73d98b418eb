"""One database of MariaDB that many tests have after one another: swept, which is much faster than to make a new one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pymysql

from claps.settings import ROOT
from claps.store.database import Database
from claps.store.migrations import migrate
from tests.parts.inside import NEWEST
from tests.parts.mariadb_server import MariadbServer

LOCK_SECONDS = 5
HISTORY = "schema_migration"


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
        if not self._swept():
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
        self._tables = set(self._numbers())
        found = {table: self._server.run(f"SELECT * FROM {self._name}.`{table}`") for table in self._tables}
        self._rows = {table: rows for table, rows in found.items() if rows and table != HISTORY}

    @property
    def _name(self) -> str:
        return self._url.rpartition("/")[2]

    def _numbers(self) -> dict[str, int | None]:
        # The next number of each table, where it numbers its rows.
        found = self._server.run(
            f"SELECT table_name, auto_increment FROM information_schema.tables WHERE table_schema = '{self._name}'"
        )
        return dict(found)  # type: ignore[arg-type]

    def _swept(self) -> bool:
        numbers = self._numbers()
        if set(numbers) != self._tables:
            return False  # The test was about tables themselves.
        try:
            self._server.run_all(self._name, self._sweeping(numbers), lock_seconds=LOCK_SECONDS)
        except pymysql.MySQLError:
            return False  # Somebody still holds a lock, or it was a migration's test.
        return True

    def _sweeping(self, numbers: dict[str, int | None]) -> Iterator[tuple[str, list[tuple[object, ...]]]]:
        yield "SET foreign_key_checks = 0", []
        filled = " UNION ALL ".join(
            f"SELECT '{table}' FROM DUAL WHERE EXISTS (SELECT 1 FROM {self._name}.`{table}`)"
            for table in sorted(numbers.keys() - self._rows.keys() - {HISTORY})
        )
        for (table,) in self._server.run(filled):
            yield f"DELETE FROM `{table}`", []
        for table, rows in self._rows.items():
            yield f"DELETE FROM `{table}`", []
            places = ", ".join(["%s"] * len(rows[0]))
            yield f"INSERT INTO `{table}` VALUES ({places})", rows
        for table, number in numbers.items():
            if number is not None and number > 1 and table != HISTORY:
                yield f"ALTER TABLE `{table}` AUTO_INCREMENT = 1", []
