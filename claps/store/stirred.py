"""Which posts' claps and likes have come or gone and were not yet told to their writers.

The flush leaves a row here in its own transaction; whoever tells takes it away in his. However often a post moves
meanwhile there is one row of it for each gift, and a row for each of the first readers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from peewee import BigIntegerField, CharField, CompositeKey

from claps.plain.limits import STIRRED_NAMED
from claps.store.bulk import Pair, add_rows
from claps.store.database import Model, locked

Gift = Literal["c", "l"]
NOBODY = 0


class Stirred(Model):
    """A post whose claps (``c``) or likes (``l``) come from more or fewer readers than before.

    ``reader_id`` is one who has given or taken back, 0 where it is not said who.
    """

    post_id = BigIntegerField()
    gift = CharField(max_length=1)
    reader_id = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("post_id", "gift", "reader_id")


class Stir(NamedTuple):
    """What one row says."""

    post_id: int
    gift: Gift
    reader_id: int


def stir(claps: Sequence[Pair], likes: Sequence[Pair]) -> None:
    """Note which posts and readers have begun or ceased to clap and to like; call inside the flush's transaction.

    Two hundred readers are named; of what is beyond, the posts are.
    """
    rows: set[Stir] = set()
    given: tuple[tuple[Gift, Sequence[Pair]], ...] = (("c", claps), ("l", likes))
    for gift, pairs in given:
        rows.update(Stir(post_id, gift, reader_id) for post_id, reader_id in pairs[:STIRRED_NAMED])
        rows.update(Stir(post_id, gift, NOBODY) for post_id in {post_id for post_id, _ in pairs[STIRRED_NAMED:]})
    if rows:
        add_rows("stirred", ("post_id", "gift", "reader_id"), sorted(rows))


def is_stirred() -> bool:
    """Tell whether there is anything to be told."""
    return bool(Stirred.select().exists())


def take_stirred(limit: int) -> list[Stir]:
    """Take rows away; call inside the transaction that does what they ask for.

    They are held first: another one who takes at the same time waits, and finds others.
    """
    query = Stirred.select().order_by(Stirred.post_id, Stirred.gift, Stirred.reader_id).limit(limit)
    taken = [Stir(row.post_id, row.gift, row.reader_id) for row in locked(query)]
    for gift in ("c", "l"):
        _drop(gift, [stir for stir in taken if stir.gift == gift])
    return taken


def _drop(gift: str, stirs: Iterable[Stir]) -> None:
    by_post: dict[int, list[int]] = {}
    for stir_ in stirs:
        by_post.setdefault(stir_.post_id, []).append(stir_.reader_id)
    for post_id, reader_ids in by_post.items():
        is_one = (Stirred.post_id == post_id) & (Stirred.gift == gift) & Stirred.reader_id.in_(reader_ids)
        Stirred.delete().where(is_one).execute()
