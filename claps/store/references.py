"""The laws between tables: totals are what they total, rows name rows that are there, and logs have no gap.

What readers give to posts is in :mod:`claps.store.laws`. Each law is one statement, so both sides are of the same
instant, whatever is written meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from peewee import SQL, fn

from claps.store.bookmarks import Bookmark
from claps.store.comments import Comment, CommentLike
from claps.store.feeds import Feed
from claps.store.follows import Follow
from claps.store.logs import Event, Log
from claps.store.notifications import Notice, NoticeActor, NoticeBox
from claps.store.people import Person
from claps.store.posts import Post
from claps.store.site_pages import SitePage
from claps.store.sites import NOBODY, Site, SiteOrigin
from claps.store.tags import PostTag


@dataclass(frozen=True, slots=True)
class Miscount:
    """A row whose total is not the number of the rows it totals."""

    whose: str
    id: int
    name: str
    told: int
    counted: int


@dataclass(frozen=True, slots=True)
class Stray:
    """How many rows are not what rows of their kind must be."""

    said: str
    rows: int


@dataclass(frozen=True, slots=True)
class Hole:
    """A log that has not all the events that it says it has."""

    topic: str
    told: int
    counted: int


def find_miscounts(*, most: int) -> list[Miscount]:
    """Compare followers, follows and likes of comments with their rows.

    :param most: how many of each are returned at most.
    """
    parent: Any = Comment.alias()
    totals: tuple[tuple[str, str, Any, Any], ...] = (
        ("person", "followers", Person.followers, _count(Follow, Follow.writer_id == Person.id)),
        ("person", "following", Person.following, _count(Follow, Follow.follower_id == Person.id)),
        ("comment", "likes", parent.likes, _count(CommentLike, CommentLike.comment_id == parent.id)),
    )
    found: list[Miscount] = []
    for whose, name, told, counted in totals:
        model: Any = parent if whose == "comment" else Person
        rows = model.select(model.id, told, counted).where(told != counted).order_by(model.id).limit(most).tuples()
        found += [Miscount(whose, int(number), name, int(said), int(there)) for number, said, there in rows]
    return found


def find_strays() -> list[Stray]:
    """Count rows that name what is not there, or that cannot be."""
    counted = ((said, int(model.select().where(is_stray).count())) for said, model, is_stray in _strays())
    return [Stray(said, rows) for said, rows in counted if rows]


def find_holes(*, most: int) -> list[Hole]:
    """Find logs whose events are not, one by one, those from the last that was compacted away to the newest.

    :param most: logs that are returned at most.
    """
    there: Any = fn.COUNT(Event.offset)
    kept = (Event.log_id == Log.id) & (Event.offset > Log.oldest)
    query: Any = Log.select(Log.topic, Log.head - Log.oldest, there).left_outer_join(Event, on=kept)
    # A log that was ended is being dropped.
    query = query.where(~Log.topic.startswith("ended:")).group_by(Log.id, Log.topic, Log.head, Log.oldest)
    query = query.having((there != Log.head - Log.oldest) | (fn.MAX(Event.offset) > Log.head)).limit(most)
    return [Hole(topic, int(told), int(counted)) for topic, told, counted in query.tuples()]


def _strays() -> Iterator[tuple[str, Any, Any]]:
    parent: Any = Comment.alias()
    # Nothing stands below an answer, and an answer stands under the post of what it answers.
    above = (parent.id == Comment.parent_id) & (parent.post_id == Comment.post_id) & parent.parent_id.is_null()
    yield "comments under posts that are not there", Comment, _none(Post, Post.id == Comment.post_id)
    yield "answers to comments that are not there", Comment, Comment.parent_id.is_null(False) & _none(parent, above)
    yield "likes of comments that are not there", CommentLike, _none(Comment, Comment.id == CommentLike.comment_id)
    nobody = _none(Person, Person.id == Follow.follower_id) | _none(Person, Person.id == Follow.writer_id)
    yield "follows of or by nobody", Follow, nobody | (Follow.follower_id == Follow.writer_id)
    yield "bookmarks of posts that are not there", Bookmark, _none(Post, Post.id == Bookmark.post_id)
    published = (Post.id == PostTag.post_id) & Post.published_at.is_null(False)
    yield "tags of posts that are not published", PostTag, _none(Post, published)
    yield "rows of feeds with posts that are not there", Feed, _none(Post, Post.id == Feed.post_id)
    own = (NoticeBox.person_id == Notice.person_id) & (NoticeBox.turn >= Notice.turn)
    yield "notifications that are ahead of their person’s count", Notice, _none(NoticeBox, own)
    impossible = (Notice.looked > Notice.people) | (Notice.people < 0) | (Notice.base > Notice.mark)
    yield "notifications with more seen than there are", Notice, impossible
    told = (Notice.id == NoticeActor.notice_id) & (Notice.person_id == NoticeActor.person_id)
    lived_in = (Site.id == SitePage.site_id) & (Site.owner_id != NOBODY)
    counted = (Post.id == SitePage.post_id) & (Post.site_id == SitePage.site_id) & Post.published_at.is_null(False)
    yield "addresses of pages that are not there", SitePage, ~_none(Site, lived_in) & _none(Post, counted)
    unnamed = _none(SitePage, SitePage.post_id == Post.id)
    yield "pages of websites without an address", Post, _is_counted_page() & unnamed
    yield "origins of websites that are not there", SiteOrigin, _none(Site, Site.id == SiteOrigin.site_id)
    listed = (Post.id == PostTag.post_id) & Post.site_id.is_null(False)
    yield "tags of pages of websites", PostTag, ~_none(Post, listed)
    yield "people named in notifications that are not there", NoticeActor, _none(Notice, told)


def _is_counted_page() -> Any:
    # A website that was deleted lets go of its pages step by step.
    lived_in = (Site.id == Post.site_id) & (Site.owner_id != NOBODY)
    return Post.published_at.is_null(False) & ~_none(Site, lived_in)


def _count(model: Any, is_one: Any) -> Any:
    return model.select(fn.COUNT(SQL("1"))).where(is_one)


def _none(model: Any, is_one: Any) -> Any:
    return ~fn.EXISTS(model.select(SQL("1")).where(is_one))
