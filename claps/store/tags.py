"""Tags of published posts; a post that is withdrawn has none here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from peewee import BigIntegerField, CharField, CompositeKey

from claps.plain import posts
from claps.plain.popular import Standing
from claps.store.bulk import add_rows
from claps.store.database import Model
from claps.store.posts import published_posts, standings


class PostTag(Model):
    """One tag of one post."""

    tag = CharField(max_length=40)
    post_id = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("tag", "post_id")


def set_tags(post_id: int, tags: Iterable[str]) -> None:
    """Give a post exactly these tags; call inside the transaction that holds the post's row."""
    wanted = sorted(set(tags))
    PostTag.delete().where((PostTag.post_id == post_id) & PostTag.tag.not_in(wanted)).execute()
    if wanted:
        add_rows("post_tag", ("tag", "post_id"), [(tag, post_id) for tag in wanted])


def posts_tagged(tag: str, before_id: int | None, limit: int) -> list[posts.Post]:
    """Read the published posts with a tag, newest first.

    :param before_id: of the last one already seen; None to begin.
    """
    where: Any = PostTag.tag == tag
    if before_id is not None:
        where &= PostTag.post_id < before_id
    chosen = PostTag.select(PostTag.post_id).where(where).order_by(PostTag.post_id.desc()).limit(limit)
    ids = [int(row.post_id) for row in chosen]
    found = published_posts(ids)
    return [found[post_id] for post_id in ids if post_id in found]


def standings_tagged(tag: str, limit: int) -> list[Standing]:
    """Read what the ranks of the newest posts with a tag depend on."""
    query: Any = PostTag.select(PostTag.post_id).where(PostTag.tag == tag).order_by(PostTag.post_id.desc())
    return standings(int(post_id) for (post_id,) in query.limit(limit).tuples())


def count_tagged(tag: str, *, most: int) -> int:
    """Count the published posts with a tag, up to ``most``."""
    return int(PostTag.select().where(PostTag.tag == tag).limit(most).count())
