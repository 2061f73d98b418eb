"""Comments under posts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from peewee import BigAutoField, BigIntegerField, DateTimeField, TextField

from claps.plain import posts
from claps.store.database import Model
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


def add_comment(post_id: int, person_id: int, body: str, body_html: str, *, created_at: datetime) -> tuple[int, int]:
    """Add a comment and count it; call inside a transaction.

    The post's row is changed first: two who comment at once wait for each other there, so that the log's
    offsets have no gap and no twin.

    :return: the number of comments now, and the offset of the comments' log.
    """
    Post.update(
        {Post.comments: Post.comments + 1, Post.comments_offset: Post.comments_offset + 1}
    ).where(Post.id == post_id).execute()
    Comment.create(
        post_id=post_id, person_id=person_id, body=body, body_html=body_html,
        created_at=created_at.astimezone(UTC).replace(tzinfo=None),
    )
    row = Post.select(Post.comments, Post.comments_offset).where(Post.id == post_id).get()
    return int(row.comments), int(row.comments_offset)


def comments_of(post_id: int, *, limit: int) -> list[posts.Comment]:
    """Read a post's comments, oldest first."""
    query: Any = (
        Comment.select(Comment, Person)
        .join(Person, on=(Comment.person_id == Person.id), attr="person")
        .where(Comment.post_id == post_id)
        .order_by(Comment.id)
        .limit(limit)
    )
    return [
        posts.Comment(row.id, row.post_id, row.person.value(), row.body_html, row.created_at.replace(tzinfo=UTC))
        for row in query
    ]
