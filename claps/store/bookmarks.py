"""What people keep for later; only they see it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from peewee import BigIntegerField, CompositeKey, DateTimeField

from claps.store.database import Model


class Bookmark(Model):
    """A post that a person keeps for later."""

    person_id = BigIntegerField()
    post_id = BigIntegerField()
    at = DateTimeField()

    class Meta:
        primary_key = CompositeKey("person_id", "post_id")


def add_bookmark(person_id: int, post_id: int, *, at: datetime) -> None:
    """Keep a post for later; what is kept already stays as it is."""
    row = {"person_id": person_id, "post_id": post_id, "at": at.astimezone(UTC).replace(tzinfo=None)}
    Bookmark.insert(row).on_conflict_ignore().execute()


def remove_bookmark(person_id: int, post_id: int) -> None:
    """Keep a post no more."""
    Bookmark.delete().where((Bookmark.person_id == person_id) & (Bookmark.post_id == post_id)).execute()


def has_bookmark(person_id: int, post_id: int) -> bool:
    """Tell whether a person keeps a post."""
    query: Any = Bookmark.select().where((Bookmark.person_id == person_id) & (Bookmark.post_id == post_id))
    return bool(query.exists())


def bookmarks_before(person_id: int, before_id: int | None, limit: int) -> list[int]:
    """Read the ids of the posts that a person keeps, the highest first, below ``before_id``."""
    query: Any = Bookmark.select(Bookmark.post_id).where(Bookmark.person_id == person_id)
    if before_id is not None:
        query = query.where(Bookmark.post_id < before_id)
    return [int(post_id) for (post_id,) in query.order_by(Bookmark.post_id.desc()).limit(limit).tuples()]
