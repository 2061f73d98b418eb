"""What belongs to one person, as rows of plain values: page by page in the order of its keys, never all at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import JOIN, fn

from claps.store.bookmarks import Bookmark
from claps.store.calm import CalmPerson, CalmPost
from claps.store.claps import Clap, Like
from claps.store.comments import Comment, CommentLike
from claps.store.drafts import Draft
from claps.store.follows import Follow
from claps.store.images import Image
from claps.store.notifications import NoticeBox
from claps.store.people import Person
from claps.store.posts import Post
from claps.store.revisions import Revision
from claps.store.shares import ShareLink
from claps.store.site_pages import SitePage
from claps.store.sites import Site, SiteOrigin
from claps.store.webhook_news import WebhookTable
from claps.store.webhooks import Webhook

Row = dict[str, Any]
_COUNTS = (Post.claps, Post.people, Post.likes, Post.views, Post.comments)
# Of others' posts: where they are, and what they are called while they can be read.
_POST = (Post.title, Post.slug, Post.published_at.is_null(False).alias("published"))


def profile_of(person_id: int) -> Row:
    """Read what a person shows, and what they have set."""
    columns = (Person.name, Person.display_name, Person.bio, Person.created_at, Person.followers, Person.following)
    row = _rows(Person.select(*columns).where(Person.id == person_id))[0]
    box = NoticeBox.get_or_none(NoticeBox.person_id == person_id)
    is_calm = CalmPerson.get_or_none(CalmPerson.person_id == person_id) is not None
    return {**row, "muted": box.muted.split() if box is not None else [], "calm": is_calm}


def posts_after(person_id: int, after_id: int, limit: int) -> list[Row]:
    """Read a writer's posts with their Markdown and their counts as last flushed, those that are withdrawn as well.

    ``calm`` are those whose numbers readers do not see.
    """
    columns = (
        Post.id, Post.title, Post.slug, Post.tags, Post.body, Post.words, Post.revision, Post.edited_at, Post.closed,
        fn.COALESCE(Post.published_at, Post.first_published_at).alias("published_at"),
        Post.published_at.is_null().alias("withdrawn"), CalmPost.post_id.is_null(False).alias("calm"), *_COUNTS,
    )
    query = Post.select(*columns).join(CalmPost, JOIN.LEFT_OUTER, on=(CalmPost.post_id == Post.id))
    return _page(query.where((Post.writer_id == person_id) & Post.site_id.is_null()), Post.id, after_id, limit)


def revisions_after(post_id: int, after_number: int, limit: int) -> list[Row]:
    """Read what a post said before, oldest first."""
    columns = (Revision.number, Revision.title, Revision.slug, Revision.tags, Revision.body, Revision.at)
    return _page(Revision.select(*columns).where(Revision.post_id == post_id), Revision.number, after_number, limit)


def drafts_after(person_id: int, after_id: int, limit: int) -> list[Row]:
    """Read a writer's drafts."""
    columns = (
        Draft.id, Draft.key, Draft.post_id, Draft.title, Draft.slug, Draft.tags, Draft.body, Draft.saved_at,
        Draft.thrown_at,
    )
    return _page(Draft.select(*columns).where(Draft.writer_id == person_id), Draft.id, after_id, limit)


def comments_after(person_id: int, after_id: int, limit: int) -> list[Row]:
    """Read a person's comments, those that were taken away as well."""
    columns = (
        Comment.id, Comment.post_id, Comment.parent_id, Comment.body, Comment.created_at, Comment.edited_at,
        Comment.likes, Comment.removed_by.is_null(False).alias("removed"), *_POST,
    )
    query = _with_post(Comment.select(*columns), Comment)
    return _page(query.where(Comment.person_id == person_id), Comment.id, after_id, limit)


def claps_after(person_id: int, after_post_id: int, limit: int) -> list[Row]:
    """Read what a person has clapped for."""
    query = _with_post(Clap.select(Clap.post_id, Clap.claps, *_POST), Clap).where(Clap.reader_id == person_id)
    return _page(query, Clap.post_id, after_post_id, limit)


def likes_after(person_id: int, after_post_id: int, limit: int) -> list[Row]:
    """Read which posts a person likes."""
    query = _with_post(Like.select(Like.post_id, *_POST), Like).where(Like.reader_id == person_id)
    return _page(query, Like.post_id, after_post_id, limit)


def comment_likes_after(person_id: int, after_comment_id: int, limit: int) -> list[Row]:
    """Read which comments a person likes."""
    query = (
        CommentLike.select(CommentLike.comment_id, Comment.post_id)
        .join(Comment, on=(CommentLike.comment_id == Comment.id))
        .where(CommentLike.reader_id == person_id)
    )
    return _page(query, CommentLike.comment_id, after_comment_id, limit)


def bookmarks_after(person_id: int, after_post_id: int, limit: int) -> list[Row]:
    """Read which posts a person keeps for later."""
    query = _with_post(Bookmark.select(Bookmark.post_id, Bookmark.at, *_POST), Bookmark)
    return _page(query.where(Bookmark.person_id == person_id), Bookmark.post_id, after_post_id, limit)


def follows_after(person_id: int, after_id: int, limit: int) -> list[Row]:
    """Read whom a person follows."""
    query = (
        Follow.select(Follow.writer_id, Follow.at, Person.name, Person.display_name)
        .join(Person, on=(Follow.writer_id == Person.id))
        .where(Follow.follower_id == person_id)
    )
    return _page(query, Follow.writer_id, after_id, limit)


def images_after(person_id: int, after_id: int, limit: int) -> list[Row]:
    """Read a person's pictures; their files are not here."""
    columns = (Image.id, Image.name, Image.alt, Image.bytes, Image.at)
    kept = (Image.owner_id == person_id) & Image.removed_at.is_null()
    return _page(Image.select(*columns).where(kept), Image.id, after_id, limit)


def shares_after(person_id: int, after_id: int, limit: int) -> list[Row]:
    """Read which links to figures of their posts a writer has made, those that were ended as well."""
    columns = (ShareLink.id, ShareLink.post_id, ShareLink.made_at, ShareLink.revoked_at, *_POST)
    query = ShareLink.select(*columns).join(Post, on=(ShareLink.post_id == Post.id))
    return _page(query.where(Post.writer_id == person_id), ShareLink.id, after_id, limit)


def websites_after(person_id: int, after_id: int, limit: int) -> list[Row]:
    """Read a person's websites, with the origins by which each is reached."""
    query = Site.select(Site.id, Site.name, Site.created_at).where(Site.owner_id == person_id)
    rows = _page(query, Site.id, after_id, limit)
    mine = SiteOrigin.select(SiteOrigin.site_id, SiteOrigin.origin).order_by(SiteOrigin.origin)
    return _with_list(rows, "origins", mine, SiteOrigin.site_id)


def website_pages_after(person_id: int, after_id: int, limit: int) -> list[Row]:
    """Read the pages of a person's websites with all their addresses, and what each got as last flushed."""
    is_page = (Post.writer_id == person_id) & Post.site_id.is_null(False)
    query = Post.select(Post.id, Post.site_id, Post.summary.alias("url"), Post.published_at.alias("seen_at"), *_COUNTS)
    rows = _page(query.where(is_page & Post.published_at.is_null(False)), Post.id, after_id, limit)
    mine = SitePage.select(SitePage.post_id, SitePage.url).order_by(SitePage.url)
    return _with_list(rows, "addresses", mine, SitePage.post_id)


def webhooks_after(person_id: int, after_id: int, limit: int) -> list[Row]:
    """Read a person's webhooks, with the topics of the tables that each is told of; no secret is anywhere."""
    columns = (Webhook.id, Webhook.url, Webhook.events, Webhook.is_on, Webhook.created_at)
    rows = _page(Webhook.select(*columns).where(Webhook.owner_id == person_id), Webhook.id, after_id, limit)
    mine = WebhookTable.select(WebhookTable.webhook_id, WebhookTable.topic).order_by(WebhookTable.topic)
    return _with_list(rows, "topics", mine, WebhookTable.webhook_id)


def _with_list(rows: list[Row], name: str, query: Any, key: Any) -> list[Row]:
    ids = [row["id"] for row in rows]
    known = list(query.where(key.in_(ids)).tuples()) if ids else []
    return [{**row, name: [text for owner_id, text in known if owner_id == row["id"]]} for row in rows]


def _with_post(query: Any, model: Any) -> Any:
    return query.join(Post, JOIN.LEFT_OUTER, on=(model.post_id == Post.id))


def _page(query: Any, key: Any, after: int, limit: int) -> list[Row]:
    return _rows(query.where(key > after).order_by(key).limit(limit))


def _rows(query: Any) -> list[Row]:
    return [{name: _plain(name, value) for name, value in row.items()} for row in query.dicts()]


def _plain(name: str, value: Any) -> Any:
    if name in ("withdrawn", "published", "removed", "calm"):
        return bool(value)  # MySQL says 1
    if name.endswith("_at") and isinstance(value, str):
        value = datetime.fromisoformat(value)  # SQLite, of an expression
    return value.isoformat(timespec="seconds") + "Z" if isinstance(value, datetime) else value
