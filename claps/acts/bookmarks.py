"""Keeping posts for later; nobody else sees it."""

from __future__ import annotations

from datetime import UTC, datetime

from claps.plain.people import Person
from claps.plain.posts import Post
from claps.store import bookmarks
from claps.store.database import Database


def keep(database: Database, person: Person, post: Post) -> None:
    """Keep a post for later; what is kept already stays so.

    :raises Unavailable: SQL does not answer; nothing was written.
    """
    database.transact(lambda: bookmarks.add_bookmark(person.id, post.id, at=datetime.now(UTC)))


def let_go(database: Database, person: Person, post_id: int) -> None:
    """Keep a post no more; what is not kept stays so, and the post may be gone.

    :raises Unavailable: SQL does not answer; nothing was written.
    """
    database.transact(lambda: bookmarks.remove_bookmark(person.id, post_id))
