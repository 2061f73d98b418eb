"""Claps that a writer has taken out of the count: remembered for each reader, and put back exactly."""

from __future__ import annotations

from collections.abc import Iterable

from peewee import BigIntegerField, CompositeKey, IntegerField, chunked

from claps.plain.limits import CLAPS_PER_READER
from claps.store.bulk import Pair, delete_pairs, find_pairs, put_rows
from claps.store.database import Model

ROWS_PER_STATEMENT = 300


class HeldClap(Model):
    """A reader's claps for a post that are not counted, 1 to 50; such a reader has no row among the counted."""

    post_id = BigIntegerField()
    reader_id = BigIntegerField()
    claps = IntegerField()

    class Meta:
        primary_key = CompositeKey("post_id", "reader_id")


def move_held(moves: dict[Pair, int]) -> None:
    """Add to what is held of readers' claps, in key order; call inside the flush's transaction."""
    for part in chunked(sorted(moves), ROWS_PER_STATEMENT):
        found = find_pairs("held_clap", ("post_id", "reader_id", "claps"), part)
        before: dict[Pair, int] = {(post_id, reader_id): int(claps) for post_id, reader_id, claps in found}
        after = {pair: max(0, min(CLAPS_PER_READER, before.get(pair, 0) + moves[pair])) for pair in part}
        rows = [(*pair, claps) for pair, claps in after.items() if claps]
        if rows:
            put_rows("held_clap", ("post_id", "reader_id", "claps"), rows)
        gone = [pair for pair in before if not after[pair]]
        if gone:
            delete_pairs("held_clap", gone)


def held_of_readers(post_id: int, reader_ids: Iterable[int]) -> dict[int, int]:
    """Read what is held of some readers' claps for a post; those of whom nothing is are missing."""
    pairs = [(post_id, reader_id) for reader_id in reader_ids]
    found: dict[int, int] = {}
    for part in chunked(pairs, ROWS_PER_STATEMENT):
        rows = find_pairs("held_clap", ("reader_id", "claps"), part)
        found.update((reader_id, int(claps)) for reader_id, claps in rows)
    return found
