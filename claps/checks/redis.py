"""Does Redis keep what it acknowledges?"""

from __future__ import annotations

import re

from claps.app import Core
from claps.checks.findings import Finding, ok, unsafe, unseen, warn
from claps.hot.inspection import RedisFacts, read_facts
from claps.plain.errors import Unavailable
from claps.settings import Ack

ABOUT = "Redis"
FULL_SHARE = 0.8
LEAST_VERSION, WAITAOF_VERSION = (6, 2), (7, 2)
CLIENTS_PER_WORKER = 34


def check_redis(core: Core) -> list[Finding]:
    """Look at the Redis of these settings."""
    settings = core.settings
    try:
        facts = read_facts(core.redis)
    except Unavailable as error:
        if settings.redis_url is None:
            return [
                unseen(
                    ABOUT,
                    "is a child of “claps serve”, which does not run: its journal cannot be looked at. It is "
                    "started with appendonly yes, appendfsync always and noeviction.",
                    "Run “claps check” again beside a running “claps serve”.",
                )
            ]
        return [unsafe(ABOUT, f"does not answer: {error.message}", "Start it, or correct CLAPS_REDIS_URL.")]
    return [
        check_version(facts),
        check_acknowledgement(facts, settings.ack),
        *check_file(facts, settings.ack),
        check_eviction(facts),
        *check_memory(facts),
        *check_clients(facts, settings.workers),
        *check_news(facts),
    ]


def check_version(facts: RedisFacts) -> Finding:
    """The scripts need 6.2 (XTRIM MINID)."""
    if version_of(facts) < LEAST_VERSION:
        return unsafe(ABOUT, f"is {facts.version}: too old for the journal.", "Install Redis 6.2 or newer.")
    return ok(ABOUT, f"answers: version {facts.version}, {facts.role}.")


def check_acknowledgement(facts: RedisFacts, ack: Ack) -> Finding:
    """Is an acknowledged clap as safe as ``CLAPS_ACK`` says?"""
    if ack == "memory":
        return warn(
            ABOUT, "acknowledges from memory (CLAPS_ACK=memory): a crash of it loses the last claps.",
            "Set CLAPS_ACK=disk, and appendonly yes with appendfsync always in Redis.",
        )
    if ack == "replica":
        return _check_replicas(facts)
    if facts.appendonly == "no":
        return unsafe(
            ABOUT, "has no append-only file (appendonly no), so under CLAPS_ACK=disk no clap is taken.",
            "redis-cli CONFIG SET appendonly yes, and appendonly yes in redis.conf.",
        )
    if not facts.appendonly or not facts.appendfsync:
        return warn(
            ABOUT, "does not tell whether it writes to disk before it answers; CLAPS_ACK=disk trusts it.",
            "Look at its provider’s settings: appendonly yes and appendfsync always are needed.",
        )
    if facts.appendfsync == "always":
        return ok(ABOUT, "writes every clap to disk before it answers (appendfsync always).")
    remedy = "redis-cli CONFIG SET appendfsync always, and appendfsync always in redis.conf."
    if facts.appendfsync == "everysec" and version_of(facts) >= WAITAOF_VERSION:
        return warn(
            ABOUT, "writes to disk once a second (appendfsync everysec): nothing is lost, because every clap "
            "waits for it (WAITAOF), up to a second.", remedy,
        )
    return unsafe(
        ABOUT, f"does not write to disk before it answers (appendfsync {facts.appendfsync}), which CLAPS_ACK=disk "
        "promises: no clap is taken.", remedy,
    )


def _check_replicas(facts: RedisFacts) -> Finding:
    if facts.replicas:
        return ok(ABOUT, f"has {facts.replicas} replicas to acknowledge claps (CLAPS_ACK=replica).")
    return unsafe(
        ABOUT, "has no replica, so under CLAPS_ACK=replica no clap is ever acknowledged.",
        "Attach one (REPLICAOF), or set CLAPS_ACK=disk.",
    )


def check_file(facts: RedisFacts, ack: Ack) -> list[Finding]:
    """Is the append-only file written as it should be?"""
    found = []
    if not facts.writes_well:
        found.append(
            unsafe(ABOUT, "failed to write its append-only file.", "Look at its log; the disk is full or broken.")
        )
    if facts.fsync_paused == "yes" and ack == "disk" and facts.appendonly == "yes":
        found.append(
            unsafe(
                ABOUT, "does not fsync while it rewrites its file (no-appendfsync-on-rewrite yes).",
                "redis-cli CONFIG SET no-appendfsync-on-rewrite no, and the same in redis.conf.",
            )
        )
    if ack == "replica" and facts.appendonly == "no":
        found.append(
            warn(
                ABOUT, "keeps nothing on disk: when it and its replica lose power together, claps are lost.",
                "redis-cli CONFIG SET appendonly yes, and appendonly yes in redis.conf.",
            )
        )
    return found


def check_eviction(facts: RedisFacts) -> Finding:
    """May Redis throw the journal away?"""
    remedy = "redis-cli CONFIG SET maxmemory-policy noeviction, and the same in redis.conf."
    if facts.policy == "noeviction":
        return ok(ABOUT, "never throws anything away (noeviction).")
    if not facts.policy:
        return warn(ABOUT, "does not tell its eviction policy.", "It must be noeviction; ask its provider.")
    if facts.policy.startswith("allkeys") and facts.max_bytes:
        return unsafe(ABOUT, f"throws claps away when its memory is full ({facts.policy}).", remedy)
    when = "when its memory is full" if facts.max_bytes else "as soon as maxmemory is set"
    what = "anything" if facts.policy.startswith("allkeys") else "counts and what tells views apart"
    return warn(ABOUT, f"will throw {what} away {when} ({facts.policy}).", remedy)


def check_memory(facts: RedisFacts) -> list[Finding]:
    """Is there room for a journal that waits for SQL?"""
    if not facts.max_bytes or facts.used_bytes < FULL_SHARE * facts.max_bytes:
        return []
    share = facts.used_bytes / facts.max_bytes
    return [
        warn(
            ABOUT, f"has used {share:.0%} of its maxmemory; when it is full, claps are refused.",
            "Raise maxmemory; a million journal entries take about 100 MB.",
        )
    ]


def check_clients(facts: RedisFacts, workers: int) -> list[Finding]:
    """Can all workers connect?"""
    wanted = workers * CLIENTS_PER_WORKER
    if not facts.max_clients or facts.max_clients >= wanted:
        return []
    return [
        unsafe(
            ABOUT, f"takes {facts.max_clients} clients, and {workers} workers may need {wanted}.",
            f"redis-cli CONFIG SET maxclients {wanted * 2}, and the same in redis.conf.",
        )
    ]


def check_news(facts: RedisFacts) -> list[Finding]:
    """Does a cluster tell news where it belongs?"""
    if not facts.floods:
        return []
    return [
        warn(
            ABOUT, "is a cluster that has nodes older than 7: each node passes all news on to all others.",
            "Bring its nodes to Redis 7 or newer, then restart every “claps serve”.",
        )
    ]


def version_of(facts: RedisFacts) -> tuple[int, ...]:
    """The version as numbers that compare."""
    return tuple(int(number) for number in re.findall(r"\d+", facts.version)[:2])
