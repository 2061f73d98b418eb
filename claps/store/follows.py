"""Who follows whom; both totals stand on the people's rows and move in the same transaction."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from peewee import BigIntegerField, CompositeKey, DateTimeField

from claps.store.database import Model
from claps.store.figures import add_follows
from claps.store.people import Person


class Follow(Model):
    """One person who wants to see what another one writes."""

    follower_id = BigIntegerField()
    writer_id = BigIntegerField()
    at = DateTimeField()

    class Meta:
        primary_key = CompositeKey("follower_id", "writer_id")


def add_follow(follower_id: int, writer_id: int, *, at: datetime) -> bool:
    """Let one person follow another; call inside a transaction.

    :return: False when it was so already, and nothing has changed.
    """
    row = {"follower_id": follower_id, "writer_id": writer_id, "at": at.astimezone(UTC).replace(tzinfo=None)}
    # The primary key decides between two that ask at once: one of them has added a row, and it alone counts.
    added = Follow.insert(row).on_conflict_ignore().as_rowcount().execute()
    return _count(follower_id, writer_id, 1) if added else False


def remove_follow(follower_id: int, writer_id: int) -> bool:
    """Let one person follow another no more; call inside a transaction.

    :return: False when it was so already, and nothing has changed.
    """
    removed = (
        Follow.delete().where((Follow.follower_id == follower_id) & (Follow.writer_id == writer_id)).execute()
    )
    return _count(follower_id, writer_id, -1) if removed else False


def is_following(follower_id: int, writer_id: int) -> bool:
    """Tell whether one person follows another."""
    query: Any = Follow.select().where((Follow.follower_id == follower_id) & (Follow.writer_id == writer_id))
    return bool(query.exists())


def followers_after(writer_id: int, after_id: int, limit: int) -> list[int]:
    """Read the ids of those who follow a writer, in their order, behind ``after_id``."""
    query: Any = (
        Follow.select(Follow.follower_id)
        .where((Follow.writer_id == writer_id) & (Follow.follower_id > after_id))
        .order_by(Follow.follower_id)
        .limit(limit)
    )
    return [int(follower_id) for (follower_id,) in query.tuples()]


def followed_after(reader_id: int, after_id: int, limit: int) -> list[int]:
    """Read the ids of those whom a person follows, in their order, behind ``after_id``."""
    query: Any = (
        Follow.select(Follow.writer_id)
        .where((Follow.follower_id == reader_id) & (Follow.writer_id > after_id))
        .order_by(Follow.writer_id)
        .limit(limit)
    )
    return [int(writer_id) for (writer_id,) in query.tuples()]


def writers_followed(reader_id: int) -> list[int]:
    """Read the ids of all whom a person follows, in their order."""
    query: Any = Follow.select(Follow.writer_id).where(Follow.follower_id == reader_id).order_by(Follow.writer_id)
    return [int(writer_id) for (writer_id,) in query.tuples()]


def count_followers(writer_id: int) -> int:
    """Tell how many follow a writer; 0 for nobody's id."""
    return follow_totals(writer_id)[0]


def follow_totals(person_id: int) -> tuple[int, int]:
    """Tell how many follow a person, and how many that person follows; 0 for nobody's id."""
    query: Any = Person.select(Person.followers, Person.following).where(Person.id == person_id)
    row = query.tuples().first()
    return (0, 0) if row is None else (int(row[0]), int(row[1]))


def _count(follower_id: int, writer_id: int, amount: int) -> bool:
    moves = {follower_id: Person.following, writer_id: Person.followers}
    # In the order of ids: two who begin to follow each other at once cannot wait in a circle.
    for person_id in sorted(moves):
        column = moves[person_id]
        Person.update({column: column + amount}).where(Person.id == person_id).execute()
    add_follows({writer_id: amount})
    return True
