"""The past of the demo's posts: views, and claps as if they had come since each was published."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC
from typing import Any

from claps.plain.figures import DAY, MINUTE, minute_of, time_of
from claps.store.figures import POST_COUNTS, PostFigure, add_figures, now_minute, writers_of
from claps.store.posts import Post, move_counts
from claps.store.readers import Reader
from claps.store.referrers import add_referrers
from claps.store.sketches import add_readers

# Of each post; readers come at so many moments, most of them soon after it was published.
MOMENTS = 24
VIEWS_PER_GUEST = 3
# Long enough for the minute to be over, and not so long that nobody looks at it any more.
MACHINES_MINUTES_AGO = 6
HOSTS = ("", "", "search.example", "news.example", "notes.example", "friends.example")


def add_views(guests: Mapping[int, int]) -> None:
    """Let posts have been read; call inside a transaction, before anybody claps.

    :param guests: how many clap for each post.
    """
    writers = writers_of(guests)
    moves: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0] * len(POST_COUNTS))
    viewers: dict[tuple[int, int], set[str]] = defaultdict(set)
    visits: dict[tuple[int, int, str], int] = defaultdict(int)
    for post_id, number in guests.items():
        luck, moments = random.Random(post_id), _moments(post_id)
        for view in range(number * VIEWS_PER_GUEST):
            minute = luck.choice(moments)
            moves[post_id, minute][0] += 1
            # One in four comes back.
            viewers[post_id, minute].add(f"demo {view % (number * VIEWS_PER_GUEST * 3 // 4)}")
            visits[post_id, minute // DAY, luck.choice(HOSTS)] += 1
        move_counts(post_id, {"views": number * VIEWS_PER_GUEST})
    add_referrers(visits)
    add_readers(viewers, writers)
    add_figures(moves, writers)


def spread(post_ids: Iterable[int]) -> None:
    """Let what posts have got just now have come since they were published; call inside a transaction."""
    writers = writers_of(post_ids)
    moves: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0] * len(POST_COUNTS))
    for row in PostFigure.select().where((PostFigure.grain == MINUTE) & PostFigure.post_id.in_(list(writers))):
        moments = _moments(row.post_id)
        for index, name in enumerate(POST_COUNTS):
            count = getattr(row, name)
            moves[row.post_id, row.begins][index] -= count
            share, rest = divmod(count, len(moments))
            for number, minute in enumerate(moments):
                moves[row.post_id, minute][index] += share + (number < rest)
    add_figures(moves, writers)


def put_into_one_minute(post_id: int, reader_ids: Iterable[int]) -> None:
    """Let those who came just now have come and clapped in one minute, some minutes ago; call inside a transaction."""
    then = now_minute() - MACHINES_MINUTES_AGO
    moves: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0] * len(POST_COUNTS))
    at = time_of(then).replace(tzinfo=None, second=20)
    Reader.update(created_at=at).where(Reader.id.in_(list(reader_ids))).execute()
    for row in PostFigure.select().where((PostFigure.grain == MINUTE) & (PostFigure.post_id == post_id)):
        if row.begins > then:
            counts = [getattr(row, name) for name in POST_COUNTS]
            moves[post_id, row.begins] = [-count for count in counts]
            moves[post_id, then] = [sum(pair) for pair in zip(moves[post_id, then], counts, strict=True)]
    add_figures(moves, writers_of([post_id]))


def _moments(post_id: int) -> list[int]:
    row: Any = Post.get_by_id(post_id)
    first, luck = minute_of(row.published_at.replace(tzinfo=UTC)), random.Random(post_id)
    length = now_minute() - first
    return [first + int(length * luck.betavariate(1, 4)) for _ in range(MOMENTS)]
