"""Does Redis keep what it acknowledges?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from claps.checks.redis import (
    check_acknowledgement,
    check_clients,
    check_eviction,
    check_file,
    check_memory,
    check_news,
    check_version,
)
from claps.hot.connection import open_redis
from claps.hot.inspection import RedisFacts, read_facts
from tests.parts.redis_server import RedisServer

GOOD = RedisFacts("7.0.15", "yes", "always", "no", True, "noeviction", 1, 0, "master", 0, 10_000)


@pytest.fixture
def client(redis: RedisServer) -> Iterator[Any]:
    client = open_redis(redis.url)
    defaults = {name: client.config_get(name)[name] for name in ("appendonly", "appendfsync", "maxmemory")}
    yield client
    for name, value in {**defaults, "maxmemory-policy": "noeviction", "no-appendfsync-on-rewrite": "no"}.items():
        client.config_set(name, value)
    client.close()


def test_a_redis_that_keeps_everything_is_well(client: Any) -> None:
    facts = read_facts(client)

    assert check_version(facts).grade == "ok"
    assert check_acknowledgement(facts, "disk").grade == "ok"
    assert check_eviction(facts).grade == "ok"
    assert [*check_file(facts, "disk"), *check_memory(facts), *check_clients(facts, workers=2)] == []
    assert check_news(facts) == []


def test_a_file_written_once_a_second_is_unsafe_under_disk(client: Any) -> None:
    client.config_set("appendfsync", "everysec")

    finding = check_acknowledgement(replace(read_facts(client), version="7.0.15"), "disk")

    assert finding.grade == "unsafe"
    assert "appendfsync always" in finding.remedy


def test_a_newer_redis_is_asked_to_wait_for_its_file() -> None:
    facts = replace(GOOD, version="7.2.0", appendfsync="everysec")

    assert check_acknowledgement(facts, "disk").grade == "warn"


def test_no_file_at_all_is_unsafe_under_disk(client: Any) -> None:
    client.config_set("appendonly", "no")

    assert check_acknowledgement(read_facts(client), "disk").grade == "unsafe"


def test_replica_needs_one(client: Any) -> None:
    facts = read_facts(client)

    assert check_acknowledgement(facts, "replica").grade == "unsafe"
    assert check_acknowledgement(replace(facts, replicas=1), "replica").grade == "ok"


def test_memory_is_a_warning() -> None:
    assert check_acknowledgement(GOOD, "memory").grade == "warn"


def test_a_policy_that_evicts_the_journal_is_unsafe_when_memory_is_bounded(client: Any) -> None:
    client.config_set("maxmemory-policy", "allkeys-lru")
    unbounded = check_eviction(read_facts(client))

    client.config_set("maxmemory", "1gb")
    bounded = check_eviction(read_facts(client))

    assert (unbounded.grade, bounded.grade) == ("warn", "unsafe")


def test_a_volatile_policy_is_found(client: Any) -> None:
    client.config_set("maxmemory-policy", "volatile-lru")

    finding = check_eviction(read_facts(client))

    assert finding.grade == "warn"
    assert "noeviction" in finding.remedy


def test_a_rewrite_without_fsync_is_unsafe(client: Any) -> None:
    client.config_set("no-appendfsync-on-rewrite", "yes")

    assert [finding.grade for finding in check_file(read_facts(client), "disk")] == ["unsafe"]


def test_what_cannot_be_written_too_old_or_too_full_is_found() -> None:
    assert check_file(replace(GOOD, writes_well=False), "disk")[0].grade == "unsafe"
    assert check_version(replace(GOOD, version="6.0.16")).grade == "unsafe"
    assert check_memory(replace(GOOD, used_bytes=90, max_bytes=100))[0].grade == "warn"
    assert check_clients(replace(GOOD, max_clients=50), workers=2)[0].grade == "unsafe"
    assert check_news(replace(GOOD, floods=True))[0].grade == "warn"


def test_a_redis_that_tells_nothing_is_a_warning() -> None:
    silent = replace(GOOD, appendonly="", appendfsync="", policy="")

    assert check_acknowledgement(silent, "disk").grade == "warn"
    assert check_eviction(silent).grade == "warn"
