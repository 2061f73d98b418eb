"""Posts and their counts as last flushed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from peewee import (
    BigAutoField,
    BigIntegerField,
    BooleanField,
    Case,
    CharField,
    DateTimeField,
    IntegerField,
    TextField,
    fn,
)

from claps.plain import posts
from claps.plain.dashboard import DeskPost
from claps.plain.errors import NotFound
from claps.plain.popular import Standing
from claps.plain.tallies import Tally
from claps.plain.versions import Version
from claps.store.calm import CalmPost
from claps.store.database import Model
from claps.store.people import Person

# The version of counts that were read from SQL: no live topic ever has it, so the first news corrects them.
STORED_VERSION = Version("0", 0)


class Post(Model):
    """One piece, published or withdrawn.

    ``published_at`` is NULL while it is withdrawn, and ``first_published_at`` then keeps it. ``tags`` stand between
    blanks, for lists; ``draft_key`` is the key of the draft that it was, so that nothing is published twice. One with a
    ``site_id`` is a page of another website, whose address is its summary: it is counted like any, and in no list.
    """

    id = BigAutoField()
    writer_id = BigIntegerField()
    title = CharField(max_length=200, null=True)
    slug = CharField(max_length=80)
    body = TextField()
    body_html = TextField()
    summary = CharField(max_length=500)
    words = IntegerField()
    published_at = DateTimeField(null=True)
    closed = BooleanField(default=False)
    claps = BigIntegerField(default=0)
    people = BigIntegerField(default=0)
    likes = BigIntegerField(default=0)
    views = BigIntegerField(default=0)
    comments = BigIntegerField(default=0)
    comments_offset = BigIntegerField(default=0)
    tags = CharField(max_length=400, default="")
    revision = IntegerField(default=1)
    edited_at = DateTimeField(null=True)
    first_published_at = DateTimeField(null=True)
    draft_key = CharField(max_length=40, null=True)
    site_id = BigIntegerField(null=True)

    def stored_tally(self) -> Tally:
        """The counts as they were when this row was read."""
        return Tally(self.id, STORED_VERSION, self.claps, self.people, self.likes, self.views, self.comments)


# What is read needs no Markdown, which is half of a row.
_READ = [column for column in Post._meta.sorted_fields if column is not Post.body]
# What stands in lists: no page of another website does.
_IS_LISTED = Post.published_at.is_null(False) & Post.site_id.is_null()


def _value(row: Any, writer: Any) -> posts.Post:
    return posts.Post(
        id=row.id,
        title=row.title,
        slug=row.slug,
        body_html=row.body_html or "",
        summary_text=row.summary or "",
        writer=writer.value(),
        published_at=row.published_at.replace(tzinfo=UTC),
        words=row.words,
        stored=row.stored_tally(),
        closed=row.closed,
        tags=tuple(row.tags.split()),
        edited_at=row.edited_at and row.edited_at.replace(tzinfo=UTC),
        site_id=row.site_id,
    )


def add_post(fields: dict[str, Any]) -> int:
    """Insert a post; call inside a transaction; return its id."""
    fields = {**fields, "published_at": fields["published_at"].astimezone(UTC).replace(tzinfo=None)}
    row: Any = Post.create(**fields)
    return int(row.id)


def get_post(post_id: int) -> posts.Post:
    """Read a published post, or a page of another website, with its writer or owner.

    :raises NotFound: there is none with this id.
    """
    found = _counted().where(Post.id == post_id).first()
    if found is None:
        raise NotFound("There is no such post.")
    return _value(found, found.writer)


def latest_posts(*, before: tuple[datetime, int] | None, limit: int) -> list[posts.Post]:
    """Read published posts, newest first; ``before`` is the time and id of the last one already seen."""
    query = _published()
    if before is not None:
        at, post_id = before[0].astimezone(UTC).replace(tzinfo=None), before[1]
        query = query.where((Post.published_at < at) | ((Post.published_at == at) & (Post.id < post_id)))
    return [_value(row, row.writer) for row in query.limit(limit)]


def posts_before(before_id: int | None, limit: int) -> list[posts.Post]:
    """Read published posts, newest first; their ids ascend in the order of publishing.

    :param before_id: of the last one already seen; None to begin.
    """
    query = _published().order_by(Post.id.desc())
    if before_id is not None:
        query = query.where(Post.id < before_id)
    return [_value(row, row.writer) for row in query.limit(limit)]


def newest_ids(limit: int) -> list[int]:
    """Read the ids of the newest published posts, newest first."""
    query: Any = Post.select(Post.id).where(_IS_LISTED).order_by(Post.id.desc()).limit(limit)
    return [int(post_id) for (post_id,) in query.tuples()]


def posts_of(writer_id: int, before_id: int | None = None, *, limit: int) -> list[posts.Post]:
    """Read a writer's published posts, newest first, below ``before_id``."""
    query = _published().where(Post.writer_id == writer_id).order_by(Post.id.desc())
    if before_id is not None:
        query = query.where(Post.id < before_id)
    return [_value(row, row.writer) for row in query.limit(limit)]


def outlines_of(
    writer_id: int, *, limit: int, below_id: int | None = None, only_id: int | None = None
) -> dict[int, tuple[DeskPost, Tally]]:
    """Read the newest of a writer's published posts by id, newest first, without their texts.

    :param below_id: only those that are older than this one.
    :param only_id: this one alone.
    """
    counts = (Post.claps, Post.people, Post.likes, Post.views, Post.comments)
    query: Any = Post.select(Post.id, Post.title, Post.summary, Post.published_at, *counts)
    query = query.where((Post.writer_id == writer_id) & Post.published_at.is_null(False))
    if below_id is not None:
        query = query.where(Post.id < below_id)
    if only_id is not None:
        query = query.where(Post.id == only_id)
    return {
        post_id: (
            DeskPost(post_id, title or summary, at.replace(tzinfo=UTC)), Tally(post_id, STORED_VERSION, *numbers)
        )
        for post_id, title, summary, at, *numbers in query.order_by(Post.id.desc()).limit(limit).tuples()
    }


def totals_of_writer(writer_id: int) -> tuple[int, int]:
    """Count a writer's published posts, and the claps for them as last flushed, but for those that are hidden."""
    shown = Post.id.not_in(CalmPost.select(CalmPost.post_id))
    claps = fn.SUM(Case(None, [(shown, Post.claps)], 0))
    query: Any = Post.select(fn.COUNT(Post.id), fn.COALESCE(claps, 0))
    [(count, claps)] = query.where((Post.writer_id == writer_id) & _IS_LISTED).tuples()
    return int(count), int(claps)


def published_posts(post_ids: Iterable[int]) -> dict[int, posts.Post]:
    """Read published posts by id; those that are withdrawn, or were never there, are missing."""
    query = _published().where(Post.id.in_(sorted(set(post_ids)))).order_by()
    return {row.id: _value(row, row.writer) for row in query}


def find_writer_id(post_id: int) -> int | None:
    """Tell who wrote a published post."""
    row = Post.select(Post.writer_id).where((Post.id == post_id) & Post.published_at.is_null(False)).first()
    return None if row is None else int(row.writer_id)


def written_by(writer_id: int, post_ids: Iterable[int]) -> set[int]:
    """Tell which of some posts a person wrote."""
    query: Any = Post.select(Post.id).where((Post.writer_id == writer_id) & Post.id.in_(list(post_ids)))
    return {int(post_id) for (post_id,) in query.tuples()}


def outlines_between(first: int, last: int) -> dict[int, posts.Post]:
    """Read published posts and pages with consecutive ids, without their texts, which are nearly all of them."""
    columns = [column for column in _READ if column.name not in ("body_html", "summary")]
    rows = _counted(columns).where(Post.id.between(first, last)).order_by()
    return {row.id: _value(row, row.writer) for row in rows}


def stored_tallies(post_ids: Iterable[int]) -> dict[int, Tally]:
    """Read the counts of published posts as last flushed; posts that do not exist are missing."""
    query = Post.select().where(Post.id.in_(list(post_ids)) & Post.published_at.is_null(False))
    return {row.id: row.stored_tally() for row in query}


def standings(post_ids: Iterable[int]) -> list[Standing]:
    """Read what the ranks of published posts depend on; those that are withdrawn are missing."""
    return _standings(Post.id.in_(sorted(set(post_ids))))


def newest_standings(limit: int) -> list[Standing]:
    """Read what the ranks of the newest published posts depend on, newest first."""
    return _standings(None, limit=limit)


def _standings(where: Any, *, limit: int | None = None) -> list[Standing]:
    query: Any = Post.select(Post.id, Post.published_at, Post.people, Post.likes, Post.comments)
    query = query.where(_IS_LISTED)
    query = query.order_by(Post.id.desc()).limit(limit) if where is None else query.where(where)
    return [
        Standing(int(post_id), at.replace(tzinfo=UTC), int(people), int(likes), int(comments))
        for post_id, at, people, likes, comments in query.tuples()
    ]


def tallies_and_offsets(post_ids: Iterable[int]) -> dict[int, tuple[Tally, int]]:
    """Read published posts' counts as last flushed, each with how far the log of its comments has come."""
    columns = (Post.id, Post.claps, Post.people, Post.likes, Post.views, Post.comments, Post.comments_offset)
    query: Any = Post.select(*columns).where(Post.id.in_(sorted(set(post_ids))) & Post.published_at.is_null(False))
    rows = [tuple(map(int, row)) for row in query.tuples()]
    return {post_id: (Tally(post_id, STORED_VERSION, *counts), offset) for post_id, *counts, offset in rows}


def move_counts(post_id: int, moves: dict[str, int]) -> None:
    """Add to a post's counts; call inside the flush's transaction."""
    changes = {getattr(Post, name): getattr(Post, name) + amount for name, amount in moves.items() if amount}
    if changes:
        Post.update(changes).where(Post.id == post_id).execute()


def _published() -> Any:
    return _counted().where(Post.site_id.is_null()).order_by(Post.published_at.desc(), Post.id.desc())


def _counted(columns: Iterable[Any] = _READ) -> Any:
    return (
        Post.select(*columns, Person)
        .join(Person, on=(Post.writer_id == Person.id), attr="writer")
        .where(Post.published_at.is_null(False))
    )
