"""Comments under posts, in threads of two levels, and who likes them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from peewee import BigAutoField, BigIntegerField, CompositeKey, DateTimeField, IntegerField, TextField

from claps.plain import posts
from claps.plain.errors import NotFound, Refused
from claps.plain.people import GUEST_ID_LEAST
from claps.plain.topics import comments_topic
from claps.plain.versions import Version
from claps.store.database import Model, locked
from claps.store.figures import add_to_post
from claps.store.logs import append, heads
from claps.store.people import Person
from claps.store.posts import Post

# The same words once more within this time are one comment whose form was sent twice.
TWICE_SECONDS = 600


class Comment(Model):
    """What a person wrote under a post, or in answer to a comment (``parent_id``).

    Who took it away is ``removed_by``; its text stays until then, so that it can be put back. What it said before it
    was changed last is ``earlier_body``.
    """

    id = BigAutoField()
    post_id = BigIntegerField()
    person_id = BigIntegerField()
    body = TextField()
    body_html = TextField()
    created_at = DateTimeField()
    parent_id = BigIntegerField(null=True)
    likes = IntegerField(default=0)
    edited_at = DateTimeField(null=True)
    removed_by = BigIntegerField(null=True)
    earlier_body = TextField(null=True)


class CommentLike(Model):
    """A reader's like of a comment."""

    comment_id = BigIntegerField()
    reader_id = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("comment_id", "reader_id")


def lock_post(post_id: int) -> Any:
    """Hold a published post's row until the transaction ends; who comments at once queues here.

    :raises NotFound: there is no such post, or not any more.
    """
    # An UPDATE that changes nothing holds the row on both databases.
    Post.update({Post.comments: Post.comments}).where(Post.id == post_id).execute()
    row = Post.get_or_none((Post.id == post_id) & Post.published_at.is_null(False))
    if row is None:
        raise NotFound("There is no such post any more.")
    return row


def add_comment(
    post_id: int, person_id: int, body: str, body_html: str, *, created_at: datetime, parent_id: int | None = None
) -> tuple[posts.Comment, Version | None]:
    """Add a comment, count it, and write it into the log of the post's comments; call inside a transaction.

    :return: the comment, and the version of the log; None when it is the same comment sent a second time.
    :raises NotFound: the post, or the comment that this one answers, is gone.
    :raises Refused: comments are closed.
    """
    if lock_post(post_id).closed:
        raise Refused("Comments are closed here.")
    parent = None if parent_id is None else _find_in(post_id, parent_id)
    # An answer to an answer stands beside it: two levels can be read, a staircase cannot.
    parent_id = None if parent is None else parent.parent_id or parent.id
    now = created_at.astimezone(UTC).replace(tzinfo=None)
    twin = _find_twin(post_id, person_id, parent_id, body, now)
    if twin is not None:
        return find_comments([twin.id])[twin.id], None
    row = Comment.create(
        post_id=post_id, person_id=person_id, body=body, body_html=body_html, created_at=now, parent_id=parent_id
    )
    version = _note(post_id, row.id, "written", moved=1)
    return find_comments([row.id])[row.id], version


def change_comment(comment_id: int, body: str, body_html: str, *, edited_at: datetime) -> Version | None:
    """Change a comment's words, and keep what it said; call inside a transaction; None when it says so already."""
    now = edited_at.astimezone(UTC).replace(tzinfo=None)
    row = locked(Comment.select().where(Comment.id == comment_id)).get()
    if row.body == body:
        return None  # the form sent twice, or put back already
    changed = {"body": body, "body_html": body_html, "earlier_body": row.body, "edited_at": now}
    Comment.update(changed).where(Comment.id == comment_id).execute()
    return _note(row.post_id, comment_id, "edited")


def set_removed(comment_id: int, removed_by: int | None) -> Version | None:
    """Take a comment away, or put it back (None); call inside a transaction; None when it was so already."""
    row = _get(comment_id)
    lock_post(row.post_id)
    was_there = Comment.removed_by.is_null(removed_by is not None)
    changed = Comment.update(removed_by=removed_by).where((Comment.id == comment_id) & was_there).execute()
    if not changed:
        return None
    back = removed_by is None
    return _note(row.post_id, comment_id, "restored" if back else "removed", moved=1 if back else -1)


def set_like(comment_id: int, reader_id: int, *, liked: bool) -> Version | None:
    """Let a reader like a comment or not; call inside a transaction; None when it was so already."""
    row = _get(comment_id)
    if row.removed_by is not None:
        raise NotFound("There is no such comment any more.")
    is_this = (CommentLike.comment_id == comment_id) & (CommentLike.reader_id == reader_id)
    if liked:
        values = {"comment_id": comment_id, "reader_id": reader_id}
        changed = CommentLike.insert(values).on_conflict_ignore().as_rowcount().execute()
    else:
        changed = CommentLike.delete().where(is_this).execute()
    if not changed:
        return None
    move = 1 if liked else -1
    Comment.update({Comment.likes: Comment.likes + move}).where(Comment.id == comment_id).execute()
    return _note(row.post_id, comment_id, "liked")


def wipe_comment(comment_id: int) -> tuple[int, Version | None]:
    """Take a comment away with its words, by whomever it was taken away before; call inside a transaction.

    :return: the post, and the version of the log; None when readers saw nothing of it any more.
    """
    row = _get(comment_id)
    # Also of a post that is withdrawn: its count must hold when it comes back.
    Post.update({Post.comments: Post.comments}).where(Post.id == row.post_id).execute()
    is_it = Comment.id == comment_id
    shown = Comment.update(removed_by=row.person_id).where(is_it & Comment.removed_by.is_null()).execute()
    # By the writer himself, so that nobody else can put it back.
    Comment.update(body="", body_html="", earlier_body=None, removed_by=row.person_id).where(is_it).execute()
    return row.post_id, _note(row.post_id, comment_id, "removed", moved=-1) if shown else None


def drop_like(comment_id: int, reader_id: int) -> tuple[int, Version | None]:
    """Take a reader's like back, of a comment that was taken away as well; call inside a transaction.

    :return: the post, and the version of the log; None when it was so already.
    """
    row = _get(comment_id)
    is_this = (CommentLike.comment_id == comment_id) & (CommentLike.reader_id == reader_id)
    if not CommentLike.delete().where(is_this).execute():
        return row.post_id, None
    Comment.update({Comment.likes: Comment.likes - 1}).where(Comment.id == comment_id).execute()
    return row.post_id, _note(row.post_id, comment_id, "liked")


def bring_likes(guest_id: int, person_id: int) -> None:
    """Let likes of comments that came from a guest be a person's; call inside a transaction.

    The numbers stay, except where both like it: then that is one like less. Of what the person wrote, the guest keeps
    them.
    """
    theirs: Any = CommentLike.select(CommentLike.comment_id).join(Comment, on=Comment.id == CommentLike.comment_id)
    theirs = theirs.where((CommentLike.reader_id == guest_id) & (Comment.person_id != person_id))
    for (comment_id,) in list(theirs.order_by(CommentLike.comment_id).tuples()):
        values = {"comment_id": comment_id, "reader_id": person_id}
        if not CommentLike.insert(values).on_conflict_ignore().as_rowcount().execute():
            Comment.update({Comment.likes: Comment.likes - 1}).where(Comment.id == comment_id).execute()
        is_old = (CommentLike.comment_id == comment_id) & (CommentLike.reader_id == guest_id)
        CommentLike.delete().where(is_old).execute()


def likes_comment(comment_id: int, reader_id: int) -> bool:
    """Tell whether a reader likes a comment."""
    is_this = (CommentLike.comment_id == comment_id) & (CommentLike.reader_id == reader_id)
    return bool(CommentLike.select().where(is_this).exists())


def likers_after(comment_id: int, after_id: int, limit: int) -> list[int]:
    """Read the ids of the people who like a comment, in their order, behind ``after_id``; guests have no name."""
    is_one = (CommentLike.comment_id == comment_id) & CommentLike.reader_id.between(after_id + 1, GUEST_ID_LEAST - 1)
    query: Any = CommentLike.select(CommentLike.reader_id).where(is_one).order_by(CommentLike.reader_id)
    return [int(reader_id) for (reader_id,) in query.limit(limit).tuples()]


def count_guests_who_like(comment_id: int) -> int:
    """Count the likes of a comment that came from guests."""
    is_one = (CommentLike.comment_id == comment_id) & (CommentLike.reader_id >= GUEST_ID_LEAST)
    return int(CommentLike.select().where(is_one).count())


def set_closed(post_id: int, *, closed: bool) -> None:
    """Close or open a post's comments; call inside a transaction."""
    Post.update(closed=closed).where(Post.id == post_id).execute()


def comments_of(post_id: int, after_id: int = 0, *, limit: int) -> list[posts.Comment]:
    """Read a post's comments, oldest first, behind ``after_id``; those that were taken away are without their words."""
    wanted = (Comment.post_id == post_id) & (Comment.id > after_id)
    return [_value(row) for row in _with_people().where(wanted).limit(limit)]


def newest_comments(post_ids: Iterable[int], *, limit: int) -> list[posts.Comment]:
    """Read the newest comments under a few posts, newest first; those that were taken away are missing."""
    found: list[posts.Comment] = []
    for post_id in post_ids:
        shown = (Comment.post_id == post_id) & Comment.removed_by.is_null()
        found += map(_value, _with_people().where(shown).order_by(Comment.id.desc()).limit(limit))
    return sorted(found, key=lambda one: one.id, reverse=True)[:limit]


def find_comments(comment_ids: Iterable[int]) -> dict[int, posts.Comment]:
    """Read comments by id."""
    return {row.id: _value(row) for row in _with_people().where(Comment.id.in_(sorted(set(comment_ids))))}


def get_bodies(comment_id: int) -> tuple[str, str]:
    """Read a comment's Markdown, and what it was before it was changed last; empty when it never was."""
    row = _get(comment_id)
    return str(row.body), str(row.earlier_body or "")


def talk_of(post_id: int, *, limit: int) -> tuple[Version, list[posts.Comment]]:
    """Read a post's comments with the version of their log, which is not newer than what is read."""
    topic = comments_topic(post_id)
    return heads([topic])[topic], comments_of(post_id, limit=limit)


def count_comments(post_id: int) -> tuple[int, int]:
    """Tell how many comments a post has, and the offset of the log that says so."""
    row = Post.select(Post.comments, Post.comments_offset).where(Post.id == post_id).get()
    return int(row.comments), int(row.comments_offset)


def _note(post_id: int, comment_id: int, why: str, *, moved: int = 0) -> Version:
    # The count beside the log's offset, so that whoever reads the count knows how new it is.
    version = append(comments_topic(post_id), [f"{comment_id} {why}"])
    change = {Post.comments: Post.comments + moved, Post.comments_offset: version.offset}
    Post.update(change).where(Post.id == post_id).execute()
    if moved:
        add_to_post(post_id, comments=moved)
    return version


def _find_twin(post_id: int, person_id: int, parent_id: int | None, body: str, now: datetime) -> Any:
    recent: Any = Comment.select().where(
        (Comment.person_id == person_id) & (Comment.post_id == post_id) & Comment.removed_by.is_null()
        & (Comment.created_at > now - timedelta(seconds=TWICE_SECONDS))
    )
    same = (row for row in recent.order_by(Comment.id.desc()).limit(5) if row.body == body)
    return next((row for row in same if row.parent_id == parent_id), None)


def _find_in(post_id: int, comment_id: int) -> Any:
    row = _get(comment_id)
    if row.post_id != post_id or row.removed_by is not None:
        raise NotFound("The comment you answer is not there any more.")
    return row


def _get(comment_id: int) -> Any:
    row = Comment.get_or_none(Comment.id == comment_id)
    if row is None:
        raise NotFound("There is no such comment.")
    return row


def _with_people() -> Any:
    return (
        Comment.select(Comment, Person)
        .join(Person, on=(Comment.person_id == Person.id), attr="person")
        .order_by(Comment.id)
    )


def _value(row: Any) -> posts.Comment:
    return posts.Comment(
        id=row.id, post_id=row.post_id, person=row.person.value(),
        body_html="" if row.removed_by is not None else row.body_html,
        created_at=row.created_at.replace(tzinfo=UTC), parent_id=row.parent_id, likes=row.likes,
        is_edited=row.edited_at is not None, removed_by=row.removed_by,
    )
