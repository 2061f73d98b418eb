"""The names of everything in Redis: every key carries its shard's tag, so that one shard is one slot."""

from __future__ import annotations

import zlib

from claps.plain.limits import SHARDS
from claps.plain.topics import shard_of


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
