"""Names of keys: whatever belongs to a shard lies in one slot of a cluster."""

from __future__ import annotations

from redis.crc import key_slot

from claps.hot.keys import channel_key, channel_shards, journal_key, life_key, split_channel_key, tally_key
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


def test_what_is_told_of_a_post_lies_with_its_tally() -> None:
    for post_id in (1, 12, 16, 1_000_003):
        for name in (f"post:{post_id}", f"post:{post_id}:comments"):
            [shard] = channel_shards(name)

            assert key_slot(channel_key(shard, name).encode()) == key_slot(tally_key(post_id).encode())
            assert split_channel_key(channel_key(shard, name)) == (shard, name)


def test_other_channels_are_spread_over_the_shards_and_the_houses_lies_in_none() -> None:
    for kind in ("person", "writer", "written", "feed", "tables"):
        assert {shard for number in range(1, 65) for shard in channel_shards(f"{kind}:{number}")} == set(range(SHARDS))
    assert len(channel_shards("posts")) == 1
    assert list(channel_shards("canary:4711-ab")) == list(range(SHARDS))
    assert not channel_shards("claps")
