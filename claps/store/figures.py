"""What came in each minute, hour and day, of posts and of writers.

Written in the transaction that moves the counts themselves, into all grains: so at every instant the day rows of a post
add up to its counts, those of a writer to the counts of all posts and to the followers, hours to their days and minutes
to their hours; blocks of 32 days are there to read a year quickly. Old minutes and hours are taken away, because the
coarser row has it all; nothing is moved.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from peewee import BigIntegerField, CompositeKey, IntegerField, chunked, fn

from claps.plain.figures import (
    BLOCK,
    COUNTED,
    DAY,
    HOUR,
    MINUTE,
    MINUTES_OF,
    Figures,
    Span,
    days_and_blocks,
    minute_of,
)
from claps.plain.limits import FIGURES_FOLDED, HOURS_KEPT, MINUTES_OF_FIGURES_KEPT
from claps.plain.tallies import Tally
from claps.store.bulk import sum_rows
from claps.store.database import Model, locked
from claps.store.posts import STORED_VERSION, Post

ROWS_PER_STATEMENT = 300
# The order of columns, and of what is moved.
POST_COUNTS = ("views", "claps", "people", "likes", "comments")
WRITER_COUNTS = (*POST_COUNTS, "follows")
# By post and minute, in the order of POST_COUNTS.
Moves = Mapping[tuple[int, int], list[int]]
_KEPT = {MINUTE: MINUTES_OF_FIGURES_KEPT, HOUR: HOURS_KEPT * HOUR}


class PostFigure(Model):
    """What a post got in ``grain`` minutes from ``begins``, in minutes since 1970.

    What was counted before there were figures is in the row of day 0.
    """

    post_id = BigIntegerField()
    grain = IntegerField()
    begins = IntegerField()
    views = BigIntegerField()
    claps = BigIntegerField()
    people = BigIntegerField()
    likes = BigIntegerField()
    comments = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("post_id", "grain", "begins")


class WriterFigure(Model):
    """The same of all of a writer's posts, and how many more follow."""

    writer_id = BigIntegerField()
    grain = IntegerField()
    begins = IntegerField()
    views = BigIntegerField()
    claps = BigIntegerField()
    people = BigIntegerField()
    likes = BigIntegerField()
    comments = BigIntegerField()
    follows = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("writer_id", "grain", "begins")


def now_minute() -> int:
    """The minute that it is, counted since 1970."""
    return int(time.time()) // 60


def writers_of(post_ids: Iterable[int]) -> dict[int, int]:
    """Read who wrote posts, withdrawn ones among them."""
    writers: dict[int, int] = {}
    for part in chunked(sorted(set(post_ids)), ROWS_PER_STATEMENT):
        query: Any = Post.select(Post.id, Post.writer_id).where(Post.id.in_(part))
        writers.update((int(post_id), int(writer_id)) for post_id, writer_id in query.tuples())
    return writers


def add_figures(moves: Moves, writers: Mapping[int, int]) -> None:
    """Add what posts got to their rows and their writers'; call last in the transaction that moves their counts.

    Last, because writers' rows are shared: whoever holds one waits for nothing after it, and so never in a circle.

    :param moves: by post and minute; a minute ahead of the clock here counts as this one.
    :param writers: who wrote these posts.
    """
    now = now_minute()
    posts: dict[tuple[int, int, int], list[int]] = {}
    of_writers: dict[tuple[int, int, int], list[int]] = {}
    for (post_id, minute), counts in moves.items():
        if any(counts) and post_id in writers:
            for grain, begins in _grains(min(minute, now), now):
                _add(posts, (post_id, grain, begins), counts)
                _add(of_writers, (writers[post_id], grain, begins), [*counts, 0])
    _write("post_figure", "post_id", POST_COUNTS, posts)
    _write("writer_figure", "writer_id", WRITER_COUNTS, of_writers)


def add_to_post(post_id: int, **counts: int) -> None:
    """Add to what a post got this minute, and its writer with it; call last in the transaction that counts it."""
    moved = [counts.get(name, 0) for name in POST_COUNTS]
    add_figures({(post_id, now_minute()): moved}, writers_of([post_id]))


def add_follows(follows: Mapping[int, int]) -> None:
    """Add to how many began to follow writers this minute; call last in the transaction that counts it."""
    now = now_minute()
    nothing = [0] * len(POST_COUNTS)
    rows = {
        (writer_id, grain, begins): [*nothing, amount]
        for writer_id, amount in follows.items() if amount
        for grain, begins in _grains(now, now)
    }
    _write("writer_figure", "writer_id", WRITER_COUNTS, rows)


def series(model: Any, subject_id: int, span: Span) -> dict[int, Figures]:
    """Read the rows of one post or writer within a span, by the minute they begin in."""
    columns = _columns(model)
    query = model.select(model.begins, *columns).where(
        _within(model, [subject_id], MINUTES_OF[span.grain], minute_of(span.begin), minute_of(span.end))
    )
    return {int(begins): _figures(model, counts) for begins, *counts in query.tuples()}


def totals(model: Any, subject_ids: Iterable[int], span: Span) -> dict[int, Figures]:
    """Add up the rows of posts or writers within a span; who has none is missing. Whole blocks stand for their days."""
    subject = _subject(model)
    sums = [fn.SUM(column) for column in _columns(model)]
    begin, end = minute_of(span.begin), minute_of(span.end)
    parts = days_and_blocks(begin, end) if span.grain == "day" else [(MINUTES_OF[span.grain], begin, end)]
    found: dict[int, Figures] = {}
    for ids in chunked(sorted(set(subject_ids)), ROWS_PER_STATEMENT):
        for grain, first, last in parts:
            query = model.select(subject, *sums).where(_within(model, ids, grain, first, last)).group_by(subject)
            for subject_id, *counts in query.tuples():
                figures = _figures(model, counts)
                found[int(subject_id)] = found[subject_id] + figures if subject_id in found else figures
    return found


def drop_old(limit: int = FIGURES_FOLDED) -> int:
    """Take away minutes and hours that are not kept any longer; call inside a transaction; return how many rows."""
    now = now_minute()
    dropped = 0
    for model in (PostFigure, WriterFigure):
        for grain, kept in _KEPT.items():
            is_old = (model.grain == grain) & (model.begins < _horizon(now, kept))
            query: Any = model.select(_subject(model), model.begins).where(is_old).limit(limit)
            rows = sorted((int(row[0]), int(row[1])) for row in locked(query).tuples())
            for subject_id in dict.fromkeys(row[0] for row in rows):
                begins = [row[1] for row in rows if row[0] == subject_id]
                is_this = (_subject(model) == subject_id) & (model.grain == grain) & model.begins.in_(begins)
                dropped += int(model.delete().where(is_this).execute())
    return dropped


def _grains(minute: int, now: int) -> Iterable[tuple[int, int]]:
    # What comes so late that its minute, or its hour, is not kept any longer is in the coarser rows alone.
    for grain in (MINUTE, HOUR, DAY, BLOCK):
        begins = minute - minute % grain
        if grain >= DAY or begins >= _horizon(now, _KEPT[grain]):
            yield grain, begins


def _horizon(now: int, kept: int) -> int:
    # Whole hours and whole days go: a minute that is there has all others of its hour, and an hour all of its day.
    size = HOUR if kept == MINUTES_OF_FIGURES_KEPT else DAY
    return (now - kept) // size * size


def _add(rows: dict[tuple[int, int, int], list[int]], key: tuple[int, int, int], counts: list[int]) -> None:
    before = rows.get(key)
    rows[key] = counts if before is None else [old + new for old, new in zip(before, counts, strict=True)]


def _write(
    table: str, subject: str, columns: tuple[str, ...], rows: Mapping[tuple[int, int, int], list[int]]
) -> None:
    ordered = [(*key, *rows[key]) for key in sorted(rows)]
    for part in chunked(ordered, ROWS_PER_STATEMENT):
        sum_rows(table, (subject, "grain", "begins"), columns, part)


def _within(model: Any, subject_ids: list[int], grain: int, begin: int, end: int) -> Any:
    subject = _subject(model)
    is_this = subject == subject_ids[0] if len(subject_ids) == 1 else subject.in_(subject_ids)
    return is_this & (model.grain == grain) & model.begins.between(begin, end - 1)


def _subject(model: Any) -> Any:
    return model.post_id if model is PostFigure else model.writer_id


def _columns(model: Any) -> list[Any]:
    return [getattr(model, name) for name in COUNTED if name in model._meta.columns]


def _figures(model: Any, counts: Iterable[Any]) -> Figures:
    names = [name for name in COUNTED if name in model._meta.columns]
    return Figures(**dict(zip(names, map(int, counts), strict=True)))


def minutes_of_posts(writer_id: int, since: int) -> dict[int, tuple[Tally, dict[int, Figures]]]:
    """Read what a writer's published posts got by the minute, with their counts, in one statement: of one instant.

    :param since: the minute from which on; posts that got nothing since then are missing.
    """
    counts: Any = [Post.claps, Post.people, Post.likes, Post.views, Post.comments]
    query: Any = (
        Post.select(Post.id, PostFigure.begins, *counts, *_columns(PostFigure))
        .join(PostFigure, on=(PostFigure.post_id == Post.id))
        .where((Post.writer_id == writer_id) & Post.published_at.is_null(False))
        .where((PostFigure.grain == MINUTE) & (PostFigure.begins >= since))
    )
    found: dict[int, tuple[Tally, dict[int, Figures]]] = {}
    for post_id, begins, *numbers in query.tuples():
        stored = Tally(int(post_id), STORED_VERSION, *map(int, numbers[: len(counts)]))
        rows = found.setdefault(int(post_id), (stored, {}))[1]
        rows[int(begins)] = _figures(PostFigure, numbers[len(counts) :])
    return found


def ids_of_writer(writer_id: int) -> list[int]:
    """Read the ids of a writer's published posts."""
    query: Any = Post.select(Post.id).where((Post.writer_id == writer_id) & Post.published_at.is_null(False))
    return [int(post_id) for (post_id,) in query.tuples()]
