"""What is in whose feed: rows that were written for each follower, and the posts of writers who have too many of those.

A row only says that a post was brought to somebody. Whether it is shown is decided when the feed is read: the post must
be published, and its writer followed. So a post that is withdrawn and a writer who is followed no more are gone at
once, and a row that a fan-out adds a moment later does not bring them back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from peewee import BigIntegerField, CompositeKey

from claps.plain.limits import FEED_POSTS
from claps.store.bulk import add_rows
from claps.store.database import Model, bound, locked, on_sqlite
from claps.store.people import Person
from claps.store.posts import Post

HIGHEST_ID = 2**63 - 1


class Feed(Model):
    """A post that was brought to a person."""

    reader_id = BigIntegerField()
    post_id = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("reader_id", "post_id")


class WideWriter(Model):
    """A writer who once had more followers than posts are brought to; their posts are read with each feed.

    For good: what was published while it was so is in nobody's rows.
    """

    writer_id = BigIntegerField(primary_key=True)


def bring_post(post_id: int, reader_ids: Sequence[int]) -> None:
    """Bring a post to some people, in the order of their ids; to whom it was brought already it is not again."""
    if reader_ids:
        add_rows("feed", ("reader_id", "post_id"), [(reader_id, post_id) for reader_id in reader_ids])


def bring_posts_of(writer_id: int, reader_id: int, *, limit: int) -> None:
    """Bring a writer's newest posts to one person; withdrawn ones as well, because they may come back."""
    query: Any = Post.select(Post.id).where(Post.writer_id == writer_id).order_by(Post.id.desc()).limit(limit)
    rows = [(reader_id, int(post_id)) for (post_id,) in query.tuples()]
    if rows:
        add_rows("feed", ("reader_id", "post_id"), sorted(rows))


def take_posts_of(writer_id: int, reader_id: int) -> None:
    """Take a writer's posts out of one person's feed."""
    mine: Any = Feed.select(Feed.post_id).where(Feed.reader_id == reader_id)
    ids = [int(post_id) for (post_id,) in mine.tuples()]
    theirs: Any = Post.select(Post.id).where(Post.id.in_(ids) & (Post.writer_id == writer_id))
    gone = sorted(int(post_id) for (post_id,) in theirs.tuples()) if ids else []
    if gone:
        Feed.delete().where((Feed.reader_id == reader_id) & Feed.post_id.in_(gone)).execute()


def trim_feed(reader_id: int) -> None:
    """Let a feed keep its newest posts, a thousand of them."""
    query: Any = Feed.select(Feed.post_id).where(Feed.reader_id == reader_id)
    last = query.order_by(Feed.post_id.desc()).limit(1).offset(FEED_POSTS).tuples().first()
    if last is not None:
        Feed.delete().where((Feed.reader_id == reader_id) & (Feed.post_id <= last[0])).execute()


def note_wide(writer_id: int) -> None:
    """Let a writer's posts be read with each follower's feed, from now on."""
    WideWriter.insert(writer_id=writer_id).on_conflict_ignore().execute()


def is_wide(writer_id: int) -> bool:
    """Tell whether a writer's posts are read with each follower's feed."""
    return bool(WideWriter.select().where(WideWriter.writer_id == writer_id).exists())


def hold_feed(reader_id: int) -> None:
    """Let nobody begin or cease to follow in this person's name until the transaction ends."""
    locked(Person.select(Person.id).where(Person.id == reader_id)).first()


def feed_before(reader_id: int, before_id: int | None, limit: int) -> list[int]:
    """Read the ids of the newest posts in a person's feed, newest first, in three queries.

    One's own are there without a row, as those of widely followed writers are.

    :param before_id: of the last one already seen; None to begin.
    """
    before = HIGHEST_ID if before_id is None else before_id
    brought = _brought(reader_id, before, limit)
    writers = wide_followed(reader_id, before_id=before, limit=limit)
    read = _newest_of([reader_id, *writers], before, limit)
    return sorted({*brought, *read}, reverse=True)[:limit]


def wide_followed(reader_id: int, *, before_id: int = HIGHEST_ID, limit: int) -> list[int]:
    """Read which widely followed writers a person follows: those whose newest post before ``before_id`` is newest.

    The newest twenty posts of any number of writers are by the twenty of them who wrote last.
    """
    mark = bound.obj.param
    # SQLite, without statistics, would begin with all whom the reader follows, which may be a hundred thousand.
    rows = bound.execute_sql(
        f"SELECT w.writer_id, (SELECT p.id FROM post p WHERE p.writer_id = w.writer_id AND p.id < {mark} "
        f"AND p.site_id IS NULL AND p.published_at IS NOT NULL ORDER BY p.id DESC LIMIT 1) AS newest "
        f"FROM wide_writer w {'CROSS' if on_sqlite() else 'INNER'} JOIN follow f "
        f"ON f.follower_id = {mark} AND f.writer_id = w.writer_id ORDER BY newest DESC LIMIT {mark}",
        (before_id, reader_id, limit),
    )
    return [int(writer_id) for writer_id, newest in rows.fetchall() if newest is not None]


def _brought(reader_id: int, before_id: int, limit: int) -> list[int]:
    # The order of the tables is ours: along the feed, newest first, until there are enough. A planner that begins with
    # the follows reads all that they ever wrote.
    join, mark = "CROSS JOIN" if on_sqlite() else "STRAIGHT_JOIN", bound.obj.param
    rows = bound.execute_sql(
        f"SELECT b.post_id FROM feed b {join} post p ON p.id = b.post_id AND p.published_at IS NOT NULL "
        f"{join} follow f ON f.follower_id = b.reader_id AND f.writer_id = p.writer_id "
        f"WHERE b.reader_id = {mark} AND b.post_id < {mark} ORDER BY b.post_id DESC LIMIT {mark}",
        (reader_id, before_id, limit),
    )
    return [int(post_id) for (post_id,) in rows.fetchall()]


def _newest_of(writer_ids: Sequence[int], before_id: int, limit: int) -> list[int]:
    mark = bound.obj.param
    # One short walk down the index for each writer; for "writer_id IN (…)" the databases read all their posts.
    one = (
        f"SELECT id FROM (SELECT id FROM post WHERE writer_id = {mark} AND id < {mark} "
        f"AND site_id IS NULL AND published_at IS NOT NULL ORDER BY id DESC LIMIT {mark}) AS newest"
    )
    values = [value for writer_id in writer_ids for value in (writer_id, before_id, limit)]
    rows = bound.execute_sql(" UNION ALL ".join([one] * len(writer_ids)), values)
    return sorted((int(post_id) for (post_id,) in rows.fetchall()), reverse=True)[:limit]
