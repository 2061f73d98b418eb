"""The names of everything in Redis: every key carries its shard's tag, so that one shard is one slot."""

from __future__ import annotations

import re
import zlib

from claps.plain.channels import HOUSE_CHANNEL
from claps.plain.limits import SHARDS
from claps.plain.topics import shard_of

_NUMBER = re.compile(r":([1-9][0-9]*)")
_CANARY = "canary:"


def tally_key(post_id: int) -> str:
    """The hash of a post's tally and of its readers' totals."""
    return f"{{s{shard_of(post_id)}}}:post:{post_id}"


def life_key(shard: int) -> str:
    """The hash that says which Redis process this shard was compared with SQL in, and its epoch."""
    return f"{{s{shard}}}:life"


def journal_key(shard: int) -> str:
    """The stream of the shard's changes that are not in SQL yet."""
    return f"{{s{shard}}}:journal"


def places_key(table: str) -> str:
    """The hash of how many of each worker's readers watch a table."""
    return f"{{s{zlib.crc32(table.encode()) % SHARDS}}}:watching:{table}"


def canary_key(shard: int, worker: str) -> str:
    """What a worker's canary has clapped last on a shard; it expires."""
    return f"{{s{shard}}}:canary:{worker}"


def channel_shards(name: str) -> range | tuple[int, ...]:
    """Tell in which shards a channel lies on a cluster that tells news shard by shard.

    What is told of a post lies where the post does, so that the script that counts can tell. A canary claps in each
    shard in turn. The house's channel lies in none: every worker hears it anyhow, and should wherever it can.
    """
    if name == HOUSE_CHANNEL:
        return ()
    if name.startswith(_CANARY):
        return range(SHARDS)
    number = _NUMBER.search(name)
    return ((int(number[1]) if number else zlib.crc32(name.encode())) % SHARDS,)


def channel_key(shard: int, name: str) -> str:
    """A channel's name in its shard, as in ``{s12}:post:12``."""
    return f"{{s{shard}}}:{name}"


def split_channel_key(key: str) -> tuple[int, str]:
    """Read which shard a channel lies in, and its name."""
    tag, _, name = key.partition(":")
    return int(tag[2:-1]), name
