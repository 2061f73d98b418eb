"""The flush's own statements, as text: peewee would build a tree for each value of each row, which costs more than SQL.

Measured with 300 rows a statement: building was three quarters of a flush. Nearly everything here is a number, and on
MySQL numbers are written into the text: pymysql would escape each one in Python, which was a third of what was left.
SQLite binds them in C, and knows a statement again whose text is the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from peewee import SqliteDatabase

from claps.store.database import bound

Pair = tuple[int, int]


def put_rows(table: str, columns: Sequence[str], rows: Sequence[Sequence[int]]) -> None:
    """Insert rows; a row with the same key is replaced."""
    text, values = _numbers(f"({_marks(len(columns))})", rows)
    bound.execute_sql(f"REPLACE INTO `{table}` ({', '.join(columns)}) VALUES {text}", values)


def add_rows(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of any values; where there is one with the same key, that one stays."""
    row = f"({', '.join([str(bound.obj.param)] * len(columns))})"
    values = [value for values in rows for value in values]
    text = ", ".join([row] * len(rows))
    bound.execute_sql(f"INSERT {_ignore()} INTO `{table}` ({', '.join(columns)}) VALUES {text}", values)


def sum_rows(table: str, keys: Sequence[str], columns: Sequence[str], rows: Sequence[Sequence[int]]) -> None:
    """Insert rows of numbers, keys first; to a row with the same key they are added."""
    text, values = _numbers(f"({_marks(len(keys) + len(columns))})", rows)
    if _is_sqlite():
        clause = f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET " + ", ".join(
            f"{name} = {name} + excluded.{name}" for name in columns
        )
    else:
        clause = "ON DUPLICATE KEY UPDATE " + ", ".join(f"{name} = {name} + VALUES({name})" for name in columns)
    names = ", ".join((*keys, *columns))
    bound.execute_sql(f"INSERT INTO `{table}` ({names}) VALUES {text} {clause}", values)


def add_dated(table: str, numbers: Iterable[int]) -> None:
    """Insert rows of an ``id`` and the time at which they were ``created_at``, UTC; those that are there stay."""
    clock = "CURRENT_TIMESTAMP" if _is_sqlite() else "UTC_TIMESTAMP()"
    text, values = _numbers(f"(%d, {clock})", [(number,) for number in numbers])
    bound.execute_sql(f"INSERT {_ignore()} INTO `{table}` (id, created_at) VALUES {text}", values)


def find_pairs(table: str, columns: Sequence[str], pairs: Iterable[Pair]) -> list[tuple[Any, ...]]:
    """Read the rows of some posts and readers.

    Post by post, because for ``(post, reader) IN (VALUES …)`` SQLite reads the whole table: 0.2 s at a million
    rows. Many ORs in one statement would be too deep for its parser.
    """
    where, values = _is_one_of(pairs)
    cursor = bound.execute_sql(f"SELECT {', '.join(columns)} FROM `{table}` WHERE {where}", values)
    return list(cursor.fetchall())


def delete_pairs(table: str, pairs: Iterable[Pair]) -> None:
    """Delete the rows of some posts and readers."""
    where, values = _is_one_of(pairs)
    bound.execute_sql(f"DELETE FROM `{table}` WHERE {where}", values)


def _is_one_of(pairs: Iterable[Pair]) -> tuple[str, list[int]]:
    by_post: dict[int, list[int]] = defaultdict(list)
    for post_id, reader_id in pairs:
        by_post[post_id].append(reader_id)
    parts = [f"(post_id = %d AND reader_id IN ({_marks(len(readers))}))" for readers in by_post.values()]
    values = [value for post_id, readers in by_post.items() for value in (post_id, *readers)]
    return _fill(" OR ".join(parts), values)


def _numbers(row: str, rows: Sequence[Sequence[int]]) -> tuple[str, list[int]]:
    return _fill(", ".join([row] * len(rows)), [value for values in rows for value in values])


def _fill(text: str, values: list[int]) -> tuple[str, list[int]]:
    # %d takes numbers and nothing else, so that no text can ever get into a statement by this way.
    return (text.replace("%d", "?"), values) if _is_sqlite() else (text % tuple(values), [])


def _marks(count: int) -> str:
    return ", ".join(["%d"] * count)


def _ignore() -> str:
    return "OR IGNORE" if _is_sqlite() else "IGNORE"


def _is_sqlite() -> bool:
    return isinstance(bound.obj, SqliteDatabase)
