"""What posts and writers got over time, as the flush and the acts have written it down."""

from __future__ import annotations

import heapq
import logging
import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import gevent

from claps.plain.errors import ClapsError
from claps.plain.figures import COUNTED, Figures, Minutes, Point, Span, minute_of, time_of
from claps.plain.limits import FOLD_SECONDS, MINUTES_KEPT
from claps.store import figures as store
from claps.store.database import Database
from claps.store.figures import PostFigure, WriterFigure, now_minute
from claps.store.reactions import drop_old_reactions
from claps.store.referrers import PostReferrer, WriterReferrer, referrers_of
from claps.store.sketches import (
    PostSketch,
    WriterSketch,
    drop_old_readers,
    fold_readers,
    readers_in,
    readers_of,
)

log = logging.getLogger(__name__)
_NOTHING = Figures()


def series_of_writer(database: Database, writer_id: int, span: Span) -> tuple[Point, ...]:
    """Read what all posts of a writer got in each grain of a span, oldest first; nothing is left out."""
    return _series(database, (WriterFigure, WriterSketch), writer_id, span)


def series_of_post(database: Database, post_id: int, span: Span) -> tuple[Point, ...]:
    """Read what a post got in each grain of a span, oldest first; nothing is left out."""
    return _series(database, (PostFigure, PostSketch), post_id, span)


def total_of_writer(database: Database, writer_id: int, span: Span) -> Figures:
    """Read what all posts of a writer got in a span; who read on several days is one reader."""
    return _total(database, (WriterFigure, WriterSketch), writer_id, span)


def total_of_post(database: Database, post_id: int, span: Span) -> Figures:
    """Read what a post got in a span; who read on several days is one reader."""
    return _total(database, (PostFigure, PostSketch), post_id, span)


def posts_by_figure(
    database: Database, writer_id: int, span: Span, *, by: str = "claps", limit: int = 50, offset: int = 0
) -> tuple[tuple[int, Figures], ...]:
    """Rank a writer's published posts by what they got in a span, most first; of equals the newer one.

    :param by: one of ``COUNTED``. Readers do not add up and are estimated for those only that are in the answer.
    """
    if by not in COUNTED:
        raise ValueError(by)
    with database.reading():
        ids = store.ids_of_writer(writer_id)
        totals = store.totals(PostFigure, ids, span)

        def standing(post_id: int) -> tuple[int, int]:
            return getattr(totals.get(post_id, _NOTHING), by), post_id

        shown = heapq.nlargest(offset + limit, ids, key=standing)[offset:]
        readers = readers_of(PostSketch, shown, minute_of(span.begin), minute_of(span.end))
    return tuple(
        (post_id, replace(totals.get(post_id, _NOTHING), readers=readers.get(post_id, 0))) for post_id in shown
    )


def referrers_of_post(database: Database, post_id: int, span: Span, *, limit: int) -> list[tuple[str, int]]:
    """Read from which hosts a post's readers came in the days of a span, and how often, most first."""
    with database.reading():
        return referrers_of(PostReferrer, post_id, span, limit)


def referrers_of_writer(database: Database, writer_id: int, span: Span, *, limit: int) -> list[tuple[str, int]]:
    """Read the same for all posts of a writer."""
    with database.reading():
        return referrers_of(WriterReferrer, writer_id, span, limit)


def minutes_of_posts(database: Database, writer_id: int, *, minute: int) -> dict[int, Minutes]:
    """Read the last 30 minutes of a writer's posts, up to and with ``minute``; posts that got nothing are missing.

    What Redis has counted beyond ``stored`` came after that: in this minute, unless the flush is late.
    """
    since = minute - MINUTES_KEPT + 1
    with database.reading():
        found = store.minutes_of_posts(writer_id, since)
    return {
        post_id: Minutes(stored, _by_name(rows, range(since, minute + 1))) for post_id, (stored, rows) in found.items()
    }


def readers_of_post_lately(database: Database, post_id: int, *, minutes: int) -> int:
    """Estimate how many different readers a post had in the last ``minutes``, this one among them.

    The standard error is 1.6 %. Up to an hour it is to the minute; what is longer begins with a whole hour, and what
    began more than 35 days ago with a whole day.
    """
    end = now_minute() + 1
    with database.reading():
        return readers_of(PostSketch, [post_id], end - minutes, end).get(post_id, 0)


def readers_of_writer_lately(database: Database, writer_id: int, *, minutes: int) -> int:
    """Estimate the same for all posts of a writer: who reads two of them is one reader."""
    end = now_minute() + 1
    with database.reading():
        return readers_of(WriterSketch, [writer_id], end - minutes, end).get(writer_id, 0)


def keep_tidy(database: Database) -> int:
    """Take one bounded step each in folding minutes and taking away what is old; return how many rows it was.

    :raises Unavailable: SQL does not answer.
    """
    steps = (fold_readers, drop_old_readers, store.drop_old, drop_old_reactions)
    return sum(database.transact(step) for step in steps)


def keep_tidy_forever(database: Database) -> None:
    """Do so every now and then, again at once while there is more. Every worker does it."""
    while True:
        gevent.sleep(FOLD_SECONDS * random.uniform(0.75, 1.25))
        try:
            while keep_tidy(database):
                gevent.sleep(random.uniform(0.05, 0.15))
        except ClapsError as error:
            log.info("old figures wait: %s", error.message)
        except Exception:
            log.exception("old figures could not be folded")


def _series(database: Database, models: tuple[Any, Any], subject_id: int, span: Span) -> tuple[Point, ...]:
    with database.reading():
        rows = store.series(models[0], subject_id, span)
        readers = readers_in(models[1], subject_id, span)
    return tuple(
        Point(time_of(minute), replace(rows.get(minute, _NOTHING), readers=readers.get(minute, 0)))
        for minute in span.minutes
    )


def _total(database: Database, models: tuple[Any, Any], subject_id: int, span: Span) -> Figures:
    with database.reading():
        rows = store.totals(models[0], [subject_id], span)
        readers = readers_of(models[1], [subject_id], minute_of(span.begin), minute_of(span.end))
    return replace(rows.get(subject_id, _NOTHING), readers=readers.get(subject_id, 0))


def _by_name(rows: Mapping[int, Figures], minutes: range) -> dict[str, tuple[int, ...]]:
    names = ("claps", "likes", "views", "comments")
    found = [rows.get(minute, _NOTHING) for minute in minutes]
    return {name: tuple(getattr(figures, name) for figures in found) for name in names}
