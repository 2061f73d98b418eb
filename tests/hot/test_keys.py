"""Names of keys: whatever belongs to a shard lies in one slot of a cluster."""

from __future__ import annotations

from redis.crc import key_slot

from claps.hot.keys import journal_key, life_key, tally_key
from claps.plain.limits import SHARDS
from claps.plain.topics import shard_of


def test_a_tally_lies_with_its_shards_journal_and_life() -> None:
    for post_id in (1, 12, 16, 1_000_003):
        shard = shard_of(post_id)

        slots = {key_slot(key.encode()) for key in (tally_key(post_id), journal_key(shard), life_key(shard))}

        assert len(slots) == 1


def test_shards_may_lie_on_different_nodes() -> None:
    slots = {key_slot(journal_key(shard).encode()) for shard in range(SHARDS)}

    assert len(slots) == SHARDS
