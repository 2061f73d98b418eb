"""Two pages that are one: what was given to the one is carried to the other, some readers in a transaction."""

from __future__ import annotations

from typing import Any

from claps.store.bulk import Pair, sum_rows
from claps.store.claps import Clap, Like, move_claps, move_likes
from claps.store.database import locked
from claps.store.figures import POST_COUNTS, PostFigure, add_figures, now_minute, writers_of
from claps.store.held import HeldClap, held_of_readers, move_held
from claps.store.posts import Post, move_counts
from claps.store.referrers import bring_referrers
from claps.store.shares import ShareLink
from claps.store.sketches import bring_readers

_GIFTS: tuple[Any, ...] = (Clap, HeldClap, Like)


def has_anything_left(post_id: int) -> bool:
    """Tell whether a post that is withdrawn still has anything that could be carried away."""
    gifts = any(model.select().where(model.post_id == post_id).exists() for model in _GIFTS)
    return gifts or bool(PostFigure.select().where(PostFigure.post_id == post_id).exists())


def carry_over(from_id: int, to_id: int, limit: int) -> None:
    """Carry what some readers gave from a post that is withdrawn to another; with the last of them all its figures.

    Nothing about the first may be in the journal, nor anything about the second that is not in SQL: call inside the
    transaction in which the second's shard begins a new epoch. What a reader gave to both counts up to 50, once as a
    like, and is held back when it was held back of one. A reader's row is written before the next one's, in the order
    of keys, like those of a flush.

    :param limit: of readers.
    """
    is_hidden = (Post.id == from_id) & Post.published_at.is_null()
    source: Any = locked(Post.select().where(is_hidden)).first()
    if source is None:
        return
    readers = _next_readers(from_id, limit)
    moves = _move_gifts(from_id, to_id, readers)
    if len(readers) < limit:
        moves["views"] = {from_id: -int(source.views), to_id: int(source.views)}
    _count(from_id, to_id, moves)
    if len(readers) < limit:
        _bring_figures(from_id, to_id)


def _next_readers(post_id: int, limit: int) -> list[int]:
    found: set[int] = set()
    for model in _GIFTS:
        query = model.select(model.reader_id).where(model.post_id == post_id).order_by(model.reader_id).limit(limit)
        found.update(int(reader_id) for (reader_id,) in query.tuples())
    return sorted(found)[:limit]


def _move_gifts(from_id: int, to_id: int, readers: list[int]) -> dict[str, dict[int, int]]:
    here, there = _claps(from_id, readers), _claps(to_id, readers)
    held_here, held_there = held_of_readers(from_id, readers), held_of_readers(to_id, readers)
    claps: dict[Pair, int] = {(from_id, reader_id): -given for reader_id, given in here.items()}
    held: dict[Pair, int] = {(from_id, reader_id): -given for reader_id, given in held_here.items()}
    for reader_id in {*here, *held_here}:
        given = here.get(reader_id, 0) + held_here.get(reader_id, 0)
        if reader_id in held_here or reader_id in held_there:
            claps[to_id, reader_id] = -there.get(reader_id, 0)
            held[to_id, reader_id] = given + there.get(reader_id, 0)
        else:
            claps[to_id, reader_id] = given
    query: Any = Like.select(Like.reader_id).where(_of(Like, from_id, readers))
    likers = [int(reader_id) for (reader_id,) in query.tuples()]
    moved = move_claps(claps)
    move_held(held)
    likes = move_likes({**{(from_id, one): -1 for one in likers}, **{(to_id, one): 1 for one in likers}})
    return {
        "claps": {post_id: sums[0] for post_id, sums in moved.items()},
        "people": {post_id: sums[1] for post_id, sums in moved.items()}, "likes": likes,
    }


def _count(from_id: int, to_id: int, moves: dict[str, dict[int, int]]) -> None:
    counts = {
        post_id: {name: moves.get(name, {}).get(post_id, 0) for name in POST_COUNTS} for post_id in (from_id, to_id)
    }
    for post_id in sorted(counts):
        move_counts(post_id, counts[post_id])
    minute = now_minute()
    figures = {(post_id, minute): list(moved.values()) for post_id, moved in counts.items()}
    add_figures(figures, writers_of(counts))


def _bring_figures(from_id: int, to_id: int) -> None:
    # All that the one got, and lost again by this, adds up to nothing: so what it got when becomes the other's.
    columns = [getattr(PostFigure, name) for name in POST_COUNTS]
    rows: Any = PostFigure.select(PostFigure.grain, PostFigure.begins, *columns).where(PostFigure.post_id == from_id)
    ordered = sorted((to_id, *map(int, row)) for row in rows.tuples())
    for place in range(0, len(ordered), 300):
        sum_rows("post_figure", ("post_id", "grain", "begins"), POST_COUNTS, ordered[place : place + 300])
    PostFigure.delete().where(PostFigure.post_id == from_id).execute()
    bring_readers(from_id, to_id)
    bring_referrers(from_id, to_id)
    ShareLink.update(post_id=to_id).where(ShareLink.post_id == from_id).execute()


def _claps(post_id: int, readers: list[int]) -> dict[int, int]:
    query: Any = Clap.select(Clap.reader_id, Clap.claps).where(_of(Clap, post_id, readers))
    return {int(reader_id): int(claps) for reader_id, claps in query.tuples()}


def _of(model: Any, post_id: int, readers: list[int]) -> Any:
    return (model.post_id == post_id) & model.reader_id.in_(readers)
