"""Statements are waited for on the time of the request that makes them."""

from __future__ import annotations

from typing import Any

from playhouse import db_url
from playhouse.pool import PooledMySQLDatabase, PooledSqliteDatabase

from claps.plain import allowance


class _Waiting:
    """What both databases do with a statement. Beginning, committing and taking back are waited for in any case."""

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        """Run a statement.

        :raises TooSlow: the request has waited for SQL long enough.
        """
        left = allowance.current.get()
        if left is None:
            return super().execute_sql(sql, params)  # type: ignore[misc]
        with left:
            return super().execute_sql(sql, params)  # type: ignore[misc]


class SqliteDatabase(_Waiting, PooledSqliteDatabase):  # type: ignore[misc]
    """SQLite in a pool."""


class MySQLDatabase(_Waiting, PooledMySQLDatabase):  # type: ignore[misc]
    """MySQL in a pool."""


# What they are called at the beginning of a URL.
SQLITE, MYSQL = "sqlite+waiting", "mysql+waiting"
db_url.register_database(SqliteDatabase, SQLITE)
db_url.register_database(MySQLDatabase, MYSQL)
