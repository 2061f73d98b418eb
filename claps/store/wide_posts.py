"""Posts whose writers have too many followers to tell each: they are told to those who come and look.

Their ids ascend in the order of their commits, so who has looked up to one of them has missed none before it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

from peewee import BigIntegerField, DateTimeField, IntegrityError, fn

from claps.plain.errors import Unavailable
from claps.plain.limits import WIDE_POSTS_COMPARED
from claps.store.database import Model, bound, on_sqlite
from claps.store.posts import Post


class WidePost(Model):
    """A post that was not brought to its writer's followers one by one."""

    id = BigIntegerField(primary_key=True)
    post_id = BigIntegerField(unique=True)
    writer_id = BigIntegerField()
    at = DateTimeField()


class Wide(NamedTuple):
    """One of them."""

    post_id: int
    writer_id: int
    at: datetime


def add_wide_post(post_id: int) -> None:
    """Let the followers of a post's writer find it when they look; call inside a transaction.

    :raises Unavailable: another one was added in the same moment; try again.
    """
    post: Any = Post.get_or_none(Post.id == post_id)
    if post is None or WidePost.select().where(WidePost.post_id == post_id).exists():
        return
    try:
        # Whoever takes the same number waits for the other's commit, and fails.
        number, at = newest_wide_id() + 1, post.published_at or post.first_published_at
        WidePost.create(id=number, post_id=post_id, writer_id=post.writer_id, at=at)
    except IntegrityError as error:
        raise Unavailable("Another post was being told.") from error


def newest_wide_id() -> int:
    """The highest id; 0 of none."""
    query: Any = WidePost.select(fn.MAX(WidePost.id))
    return int(query.scalar() or 0)


def wide_posts_for(reader_id: int, after_id: int, upto_id: int, *, limit: int) -> list[Wide]:
    """Read the newest of those between two ids whose writers a person followed when they were published.

    A few posts are looked up among those whom the person follows; when there are many, it is the other way round.
    """
    mark, join = bound.obj.param, "CROSS JOIN" if on_sqlite() else "STRAIGHT_JOIN"
    tables = ["wide_post w", "follow f"]
    if upto_id - after_id > WIDE_POSTS_COMPARED:
        tables.reverse()
    rows = bound.execute_sql(
        f"SELECT w.post_id, w.writer_id, w.at FROM {tables[0]} {join} {tables[1]} ON f.writer_id = w.writer_id "
        f"WHERE f.follower_id = {mark} AND w.id > {mark} AND w.id <= {mark} AND f.at <= w.at "
        f"ORDER BY w.id DESC LIMIT {mark}",
        (reader_id, after_id, upto_id, limit),
    )
    return [Wide(int(post_id), int(writer_id), _aware(at)) for post_id, writer_id, at in rows.fetchall()]


def _aware(at: datetime | str) -> datetime:
    return (datetime.fromisoformat(at) if isinstance(at, str) else at).replace(tzinfo=UTC)
