"""What a Redis tells of itself and of the journals it holds; nothing here changes anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import redis

from claps.hot.cluster import Cluster
from claps.hot.connection import answering, client_of
from claps.hot.durability import read_persistence
from claps.hot.keys import journal_key, life_key, tally_key


@dataclass(frozen=True, slots=True)
class RedisFacts:
    """How a Redis keeps what it is given; empty texts and None for what it does not tell.

    ``fsync_paused`` is ``no-appendfsync-on-rewrite``; ``writes_well`` is false when the last write to its
    append-only file failed; ``max_bytes`` 0 means no limit; a cluster ``floods`` when its nodes pass on all news.
    """

    version: str
    appendonly: str
    appendfsync: str
    fsync_paused: str
    writes_well: bool
    policy: str
    used_bytes: int
    max_bytes: int
    role: str
    replicas: int
    max_clients: int
    floods: bool = False


@dataclass(frozen=True, slots=True)
class JournalFacts:
    """What Redis holds of one shard: ``verified`` is false until a worker has compared it with SQL since it started.

    ``last_id`` is the newest entry's that ever was, ``first_id`` the oldest one's that is there, None for none.
    """

    shard: int
    verified: bool
    epoch: str | None
    entries: int
    first_id: str | None
    last_id: str | None


@dataclass(frozen=True, slots=True)
class TallyFacts:
    """All that Redis holds of one post.

    ``counts`` are what everybody is told; ``totals`` what readers gave, by field (``c:77`` claps, below zero where they
    are held back, ``l:77`` likes), of all of them when ``full``. ``entry_id`` is the last journal entry that is in it.
    """

    epoch: str
    counts: dict[str, int]
    totals: dict[str, int]
    full: bool
    entry_id: str | None


def read_tallies(client: Any, post_ids: Sequence[int]) -> dict[int, TallyFacts]:
    """Read whole tallies of one shard, each as it is at one instant; those that are not here are missing.

    :raises Unavailable: Redis does not answer.
    """
    with answering("read counts"):
        pipe = client.pipeline(transaction=False)
        for post_id in post_ids:
            pipe.hgetall(tally_key(post_id))
        replies = pipe.execute()
    return {post_id: _tally_facts(told) for post_id, told in zip(post_ids, replies, strict=True) if "e" in told}


def _tally_facts(told: dict[str, str]) -> TallyFacts:
    return TallyFacts(
        epoch=told["e"],
        counts={name: int(told.get(name, 0)) for name in ("claps", "people", "likes", "views", "comments")},
        totals={name: int(total) for name, total in told.items() if name[:2] in ("c:", "l:")},
        full=told.get("full") == "1",
        entry_id=told.get("id"),
    )


def read_facts(client: Any) -> RedisFacts:
    """Ask a Redis how it persists, evicts and replicates.

    INFO is asked as well as CONFIG, because hosted ones often forbid the latter.

    :raises Unavailable: it does not answer.
    """
    told = read_persistence(client)
    with answering("answer"):
        info: dict[str, Any] = {}
        for section in ("memory", "persistence", "replication", "clients"):
            info.update(client.info(section))
    enabled = {"1": "yes", "0": "no"}.get(str(info.get("aof_enabled", "")), "")
    return RedisFacts(
        version=told["redis_version"],
        appendonly=told["appendonly"] or enabled,
        appendfsync=told["appendfsync"],
        fsync_paused=_config(client, "no-appendfsync-on-rewrite"),
        writes_well=info.get("aof_last_write_status", "ok") == "ok",
        policy=told["maxmemory-policy"] or str(info.get("maxmemory_policy", "")),
        used_bytes=int(info.get("used_memory", 0)),
        max_bytes=int(told["maxmemory"] or info.get("maxmemory", 0)),
        role=str(info.get("role", "")),
        replicas=int(info.get("connected_slaves", 0)),
        max_clients=int(info.get("maxclients", 0)),
        floods=isinstance(client, Cluster) and not client.is_sharded,
    )


def read_journal(client: Any, shard: int) -> JournalFacts:
    """Look at a shard's journal.

    :raises Unavailable: Redis does not answer.
    """
    key = journal_key(shard)
    with answering("read the journal"):
        run_id = client_of(client, key).info("server")["run_id"]
        noted, epoch = client.hmget(life_key(shard), "run_id", "epoch")
        if not client.exists(key):
            return JournalFacts(shard, noted == run_id, epoch, 0, None, None)
        stream = client.xinfo_stream(key)
    first = stream.get("first-entry")
    return JournalFacts(
        shard, noted == run_id, epoch, int(stream["length"]), first[0] if first else None, stream["last-generated-id"]
    )


def _config(client: Any, name: str) -> str:
    with answering("answer"):
        try:
            return str(client.config_get(name).get(name, ""))
        except redis.ResponseError:
            return ""
