"""Comments under posts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from peewee import BigAutoField, BigIntegerField, DateTimeField, TextField

from claps.plain import posts
from claps.plain.topics import comments_topic
from claps.plain.versions import Version
from claps.store.database import Model
from claps.store.logs import append
from claps.store.people import Person
from claps.store.posts import Post


class Comment(Model):
    """What a person wrote under a post."""

    id = BigAutoField()
    post_id = BigIntegerField()
    person_id = BigIntegerField()
    body = TextField()
    body_html = TextField()
    created_at = DateTimeField()


def add_comment(
    post_id: int, person_id: int, body: str, body_html: str, *, created_at: datetime
) -> tuple[int, Version]:
    """Add a comment, count it, and write it into the log of the post's comments; call inside a transaction.

    The post's row is changed first: two who comment at once wait for each other there.

    :return: the number of comments now, and the version of the comments' log.
    """
    Post.update({Post.comments: Post.comments + 1}).where(Post.id == post_id).execute()
    row = Comment.create(
        post_id=post_id, person_id=person_id, body=body, body_html=body_html,
        created_at=created_at.astimezone(UTC).replace(tzinfo=None),
    )
    version = append(comments_topic(post_id), [str(row.id)], at=created_at)
    # Beside the count, so that whoever reads the count knows how new it is.
    Post.update({Post.comments_offset: version.offset}).where(Post.id == post_id).execute()
    count = Post.select(Post.comments).where(Post.id == post_id).get().comments
    return int(count), version


def comments_of(post_id: int, *, limit: int) -> list[posts.Comment]:
    """Read a post's comments, oldest first."""
    return [_value(row) for row in _with_people().where(Comment.post_id == post_id).limit(limit)]


def find_comments(comment_ids: Iterable[int]) -> dict[int, posts.Comment]:
    """Read comments by id; those that are gone are missing."""
    return {row.id: _value(row) for row in _with_people().where(Comment.id.in_(sorted(set(comment_ids))))}


def _with_people() -> Any:
    return (
        Comment.select(Comment, Person)
        .join(Person, on=(Comment.person_id == Person.id), attr="person")
        .order_by(Comment.id)
    )


def _value(row: Any) -> posts.Comment:
    return posts.Comment(row.id, row.post_id, row.person.value(), row.body_html, row.created_at.replace(tzinfo=UTC))
