"""What each reader gave to each post: claps, and likes, which are claps that are given once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal

from peewee import BigIntegerField, CompositeKey, IntegerField, fn

from claps.plain.limits import CLAPS_PER_READER
from claps.plain.people import GUEST_ID_LEAST
from claps.store.bulk import Pair, delete_pairs, find_pairs, put_rows
from claps.store.database import Model
from claps.store.held import HeldClap, held_of_readers

ROWS_PER_STATEMENT = 300
POSTS_PER_STATEMENT = 20


class Clap(Model):
    """A reader's claps for a post, 1 to 50; who took all back has no row."""

    post_id = BigIntegerField()
    reader_id = BigIntegerField()
    claps = IntegerField()

    class Meta:
        primary_key = CompositeKey("post_id", "reader_id")


class Like(Model):
    """A reader's like of a post."""

    post_id = BigIntegerField()
    reader_id = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("post_id", "reader_id")


def totals_of_posts(post_ids: Iterable[int], *, most: int) -> dict[int, dict[str, int]] | None:
    """Read what all readers gave to some posts, in two queries: by post, as ``c:77`` claps and ``l:77`` likes.

    Claps that are held back are below zero.

    :return: None when there are more than ``most`` of them together.
    """
    totals: dict[int, dict[str, int]] = {post_id: {} for post_id in sorted(set(post_ids))}
    if not totals:
        return totals
    ids = list(totals)
    held: Any = HeldClap.select(HeldClap.post_id, HeldClap.reader_id, HeldClap.claps * -1)
    counted: Any = Clap.select(Clap.post_id, Clap.reader_id, Clap.claps).where(Clap.post_id.in_(ids))
    claps = _rows(counted.union_all(held.where(HeldClap.post_id.in_(ids))).limit(most + 1))
    likes = _rows(Like.select(Like.post_id, Like.reader_id).where(Like.post_id.in_(ids)).limit(most + 1))
    if len(claps) + len(likes) > most:
        return None
    for post_id, reader_id, given in claps:
        totals[post_id][f"c:{reader_id}"] = int(given)
    for post_id, reader_id in likes:
        totals[post_id][f"l:{reader_id}"] = 1
    return totals


def totals_of_readers(post_id: int, fields: Iterable[str]) -> dict[str, int]:
    """Read single readers' totals for a post, as ``c:77`` and ``l:77``; who gave nothing has 0.

    Claps that are held back are below zero.
    """
    totals = dict.fromkeys(fields, 0)
    clappers = [int(name[2:]) for name in totals if name.startswith("c:")]
    likers = [int(name[2:]) for name in totals if name.startswith("l:")]
    for reader_id, claps in _claps_of([(post_id, reader_id) for reader_id in clappers]).items():
        totals[f"c:{reader_id[1]}"] = claps
    for held_id, claps in held_of_readers(post_id, clappers).items():
        totals[f"c:{held_id}"] = -claps
    for reader_id in _likes_of([(post_id, reader_id) for reader_id in likers]):
        totals[f"l:{reader_id[1]}"] = 1
    return totals


def likers_after(post_id: int, after_id: int, limit: int) -> list[int]:
    """Read the ids of the people who like a post, in their order, behind ``after_id``; guests have no name to show."""
    query = (
        Like.select(Like.reader_id)
        .where((Like.post_id == post_id) & Like.reader_id.between(after_id + 1, GUEST_ID_LEAST - 1))
        .order_by(Like.reader_id)
        .limit(limit)
    )
    return [int(reader_id) for (reader_id,) in _rows(query)]


def count_guests_who_like(post_id: int) -> int:
    """Count the likes of a post that came from guests."""
    return int(Like.select().where((Like.post_id == post_id) & (Like.reader_id >= GUEST_ID_LEAST)).count())


def clappers_after(post_id: int, after_id: int, limit: int) -> list[tuple[int, int]]:
    """Read which people clapped for a post and how much each gave, in the order of their ids behind ``after_id``."""
    query: Any = Clap.select(Clap.reader_id, Clap.claps).where(
        (Clap.post_id == post_id) & Clap.reader_id.between(after_id + 1, GUEST_ID_LEAST - 1)
    )
    return [(int(reader_id), int(claps)) for reader_id, claps in _rows(query.order_by(Clap.reader_id).limit(limit))]


def sum_of_guests(post_id: int) -> tuple[int, int]:
    """Count the guests who clapped for a post, and what they gave."""
    sums: Any = Clap.select(fn.COUNT(Clap.reader_id), fn.COALESCE(fn.SUM(Clap.claps), 0))
    [(guests, claps)] = _rows(sums.where((Clap.post_id == post_id) & (Clap.reader_id >= GUEST_ID_LEAST)))
    return int(guests), int(claps)


def given_by(reader_id: int, gift: Literal["clap", "like"], after_post_id: int, limit: int) -> list[int]:
    """Read which posts a reader has clapped for, or likes, in their order, behind ``after_post_id``.

    Claps that are held back were given as well.
    """
    models: tuple[Any, ...] = (Clap, HeldClap) if gift == "clap" else (Like,)
    found: set[int] = set()
    for model in models:
        mine = (model.reader_id == reader_id) & (model.post_id > after_post_id)
        query = model.select(model.post_id).where(mine).order_by(model.post_id)
        found.update(int(post_id) for (post_id,) in _rows(query.limit(limit)))
    return sorted(found)[:limit]


def move_claps(moves: dict[Pair, int], *, turned: list[Pair] | None = None) -> dict[int, tuple[int, int]]:
    """Add to readers' claps, in key order; call inside the flush's transaction.

    What a row would exceed 0 or 50 by is dropped, and not counted in the answer either: so a post's sum
    equals the sum of its rows whatever the journal says.

    :param moves: claps to add by post and reader.
    :param turned: is given the posts and readers of whom there is now a row or none, other than before.
    :return: by post, how much the sum of claps and the number of people moved.
    """
    sums: dict[int, tuple[int, int]] = {}
    for part in _parts(sorted(moves)):
        before = _claps_of(part)
        rows, gone = [], []
        for pair in part:
            old = before.get(pair, 0)
            new = max(0, min(CLAPS_PER_READER, old + moves[pair]))
            if new:
                rows.append((*pair, new))
            elif old:
                gone.append(pair)
            claps, people = sums.get(pair[0], (0, 0))
            sums[pair[0]] = (claps + new - old, people + (new > 0) - (old > 0))
            if turned is not None and (new > 0) != (old > 0):
                turned.append(pair)
        if rows:
            put_rows("clap", ("post_id", "reader_id", "claps"), rows)
        if gone:
            delete_pairs("clap", gone)
    return sums


def move_likes(moves: dict[Pair, int], *, turned: list[Pair] | None = None) -> dict[int, int]:
    """Set or take back readers' likes, in key order; return by post how much the sum moved.

    :param turned: is given the posts and readers of whom there is now a row or none, other than before.
    """
    sums: dict[int, int] = {}
    for part in _parts(sorted(moves)):
        before = _likes_of(part)
        come = [pair for pair in part if moves[pair] > 0 and pair not in before]
        gone = [pair for pair in part if moves[pair] < 0 and pair in before]
        if come:
            put_rows("like", ("post_id", "reader_id"), come)
        if gone:
            delete_pairs("like", gone)
        for post_id, _ in come:
            sums[post_id] = sums.get(post_id, 0) + 1
        for post_id, _ in gone:
            sums[post_id] = sums.get(post_id, 0) - 1
        if turned is not None:
            turned += come + gone
    return sums


def _claps_of(pairs: list[Pair]) -> dict[Pair, int]:
    if not pairs:
        return {}
    rows = find_pairs("clap", ("post_id", "reader_id", "claps"), pairs)
    return {(post_id, reader_id): int(claps) for post_id, reader_id, claps in rows}


def _likes_of(pairs: list[Pair]) -> set[Pair]:
    if not pairs:
        return set()
    return {(post_id, reader_id) for post_id, reader_id in find_pairs("like", ("post_id", "reader_id"), pairs)}


def _rows(query: Any) -> list[Any]:
    # As plain tuples: a model object for every row of a flush would cost more than the query.
    return list(query.tuples())


def _parts(pairs: list[Pair]) -> Iterator[list[Pair]]:
    part: list[Pair] = []
    posts: set[int] = set()
    for pair in pairs:
        posts.add(pair[0])
        if len(part) == ROWS_PER_STATEMENT or len(posts) > POSTS_PER_STATEMENT:
            yield part
            part, posts = [], {pair[0]}
        part.append(pair)
    if part:
        yield part
