"""The words of published posts, and finding posts and people by words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from peewee import SqliteDatabase

from claps.plain import people
from claps.store.database import bound
from claps.store.people import Person

# How much more a word in a title tells than one in the text.
TITLE_WEIGHT = 5
# MySQL has no words of less than three letters in its index (innodb_ft_min_token_size).
MYSQL_LETTERS = 3


def put_text(post_id: int, title: str, body_text: str) -> None:
    """Let a post be found by what it says now; call inside the transaction that publishes it."""
    drop_text(post_id)
    columns = "rowid, title, body" if _is_sqlite() else "post_id, title, body"
    _run(f"INSERT INTO post_text ({columns}) VALUES (?, ?, ?)", (post_id, title, body_text))


def drop_text(post_id: int) -> None:
    """Let a post be found no more; call inside the transaction that withdraws it."""
    _run(f"DELETE FROM post_text WHERE {'rowid' if _is_sqlite() else 'post_id'} = ?", (post_id,))


def find_posts(words: Sequence[str], *, limit: int) -> list[int]:
    """Find the posts that have all of some words, or words that begin so; the best first.

    :param words: letters and digits alone.
    """
    if _is_sqlite():
        # A word in quotes is no operator, whatever it spells.
        wanted = " ".join(f'"{word}"*' for word in words)
        rows = _run(
            f"SELECT rowid FROM post_text WHERE post_text MATCH ? ORDER BY bm25(post_text, {TITLE_WEIGHT}, 1) LIMIT ?",
            (wanted, limit),
        )
    else:
        wanted = " ".join(f"+{word}*" for word in words if len(word) >= MYSQL_LETTERS)
        if not wanted:
            return []
        rows = _run(
            "SELECT post_id FROM post_text WHERE MATCH(title, body) AGAINST(? IN BOOLEAN MODE)"
            f" ORDER BY {TITLE_WEIGHT} * MATCH(title) AGAINST(? IN BOOLEAN MODE)"
            " + MATCH(title, body) AGAINST(? IN BOOLEAN MODE) DESC, post_id DESC LIMIT ?",
            (wanted, wanted, wanted, limit),
        )
    return [int(post_id) for (post_id,) in rows]


def find_people(word: str, *, limit: int) -> list[people.Person]:
    """Find the people whose name, or whose displayed name, begins with a word; those most followed first."""
    begins = Person.name.startswith(word.lower()) | Person.display_name.startswith(word)
    query: Any = Person.select().where(begins & Person.left_at.is_null()).order_by(Person.followers.desc(), Person.id)
    return [row.value() for row in query.limit(limit)]


def _is_sqlite() -> bool:
    return isinstance(bound.obj, SqliteDatabase)


def _run(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    marked = statement.replace("?", str(bound.obj.param))
    cursor = bound.execute_sql(marked, values)
    return list(cursor.fetchall()) if cursor.description else []
