"""The laws of counting as SQL can be asked for them: a post's counts are the sums of the rows they count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from peewee import fn

from claps.plain.limits import CLAPS_PER_READER
from claps.store.claps import Clap, Like
from claps.store.comments import Comment
from claps.store.posts import Post


@dataclass(frozen=True, slots=True)
class StoredClaps:
    """A post's own count, and the sum of what each reader gave."""

    row: int
    rows: int


@dataclass(frozen=True, slots=True)
class Drift:
    """A post whose count is not the sum of its rows."""

    post_id: int
    name: str
    told: int
    counted: int


def stored_claps(post_ids: Iterable[int]) -> dict[int, StoredClaps]:
    """Read posts' claps both ways, in one statement: so both are of the same instant."""
    query: Any = Post.select(Post.id, Post.claps, _sum_of_claps()).where(Post.id.in_(list(post_ids)))
    return {post_id: StoredClaps(int(row), int(rows)) for post_id, row, rows in query.tuples()}


def post_ids_after(after_id: int, limit: int) -> list[int]:
    """Read which posts are published, in the order of their ids behind ``after_id``."""
    query: Any = Post.select(Post.id).where((Post.id > after_id) & Post.published_at.is_null(False))
    return [int(post_id) for (post_id,) in query.order_by(Post.id).limit(limit).tuples()]


def find_drifts(*, most: int) -> list[Drift]:
    """Compare every post's claps, people, likes and comments with their rows, in one statement.

    :param most: posts that are returned at most.
    """
    counted: Any = {
        "claps": (Post.claps, _sum_of_claps()),
        "people": (Post.people, _count(Clap)),
        "likes": (Post.likes, _count(Like)),
        "comments": (Post.comments, _count(Comment, Comment.removed_by.is_null())),
    }
    drifts: list[Drift] = []
    columns = [column for pair in counted.values() for column in pair]
    for post_id, *counts in Post.select(Post.id, *columns).order_by(Post.id).tuples().iterator():
        for index, name in enumerate(counted):
            told, found = int(counts[2 * index]), int(counts[2 * index + 1])
            if told != found:
                drifts.append(Drift(post_id, name, told, found))
        if len(drifts) >= most:
            break
    return drifts


def count_impossible_claps() -> int:
    """Count the rows of readers who gave less than one clap or more than 50."""
    return int(Clap.select().where((Clap.claps < 1) | (Clap.claps > CLAPS_PER_READER)).count())


def _sum_of_claps() -> Any:
    return Clap.select(fn.COALESCE(fn.SUM(Clap.claps), 0)).where(Clap.post_id == Post.id)


def _count(model: Any, *conditions: Any) -> Any:
    return model.select(fn.COUNT(model.post_id)).where(model.post_id == Post.id, *conditions)
