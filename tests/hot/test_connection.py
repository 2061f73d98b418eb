"""How Redis is reached, alone, behind Sentinels, as a cluster; and what is said when it is not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
import redis as redis_library

from claps.acts.flush import flush_all
from claps.hot.connection import answering, load_script, open_redis
from claps.plain.changes import Change
from claps.plain.errors import Unavailable
from tests.parts.inside import open_core, publish, write_person
from tests.parts.processes import Child, eventually, find_free_port
from tests.parts.redis_server import RedisServer, find_redis_server


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[list[redis_library.Redis]]:
    """A cluster of two nodes, half of the slots each."""
    first, second, *buses = (find_free_port() for _ in range(4))
    with ExitStack() as stack:
        nodes = [
            stack.enter_context(node(tmp_path, port, bus)) for port, bus in zip((first, second), buses, strict=True)
        ]
        nodes[0].execute_command("CLUSTER ADDSLOTSRANGE", 0, 8191)
        nodes[1].execute_command("CLUSTER ADDSLOTSRANGE", 8192, 16383)
        nodes[0].execute_command("CLUSTER MEET", "127.0.0.1", second, buses[1])
        eventually(lambda: all(is_whole(client) for client in nodes))
        yield nodes


@contextmanager
def node(folder: Path, port: int, bus: int) -> Iterator[redis_library.Redis]:
    data = folder / str(port)
    data.mkdir()
    child = Child(
        [
            find_redis_server(), "--port", str(port), "--dir", str(data), "--cluster-enabled", "yes",
            "--cluster-port", str(bus), "--appendonly", "yes", "--appendfsync", "always", "--save", "",
        ],
        log=data / "redis.log",
    )
    with redis_library.Redis(port=port, decode_responses=True) as client:
        try:
            child.launch(lambda: answers(client))
            yield client
        finally:
            child.kill()


def is_whole(client: redis_library.Redis) -> bool:
    told = client.execute_command("CLUSTER INFO")
    return (told["cluster_state"], told["cluster_known_nodes"]) == ("ok", "2")


def answers(client: redis_library.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis_library.RedisError:
        return False


@pytest.fixture
def sentinel(redis: RedisServer, tmp_path: Path) -> Iterator[int]:
    """A Sentinel that knows where ``applause`` is; its port."""
    port, settings = find_free_port(), tmp_path / "sentinel.conf"
    settings.write_text(f"port {port}\nsentinel monitor applause 127.0.0.1 {redis.port} 1\n")
    child = Child([find_redis_server(), str(settings), "--sentinel"], log=tmp_path / "sentinel.log")
    with closing(redis_library.Redis(port=port)) as client:
        child.launch(lambda: answers(client))
        yield port
    child.kill()


def test_an_address_leads_to_its_redis(redis: RedisServer) -> None:
    with closing(open_redis(redis.url)) as client:
        assert client.info("server")["tcp_port"] == redis.port


def test_a_sentinel_tells_where_the_primary_is(redis: RedisServer, sentinel: int) -> None:
    with closing(open_redis(f"redis+sentinel://127.0.0.1:{sentinel}/applause")) as client:
        assert client.info("server")["tcp_port"] == redis.port


def test_a_sentinel_that_knows_no_such_primary_is_as_good_as_none(redis: RedisServer, sentinel: int) -> None:
    with closing(open_redis(f"redis+sentinel://127.0.0.1:{sentinel}/nobody")) as client, pytest.raises(Unavailable):
        with answering("answer"):
            client.ping()


def test_a_cluster_counts_and_flushes_on_whatever_node_a_post_lies(
    cluster: list[redis_library.Redis], tmp_path: Path
) -> None:
    port = cluster[0].connection_pool.connection_kwargs["port"]
    with open_core(f"sqlite:///{tmp_path / 'claps.db'}", f"redis+cluster://127.0.0.1:{port}") as core:
        writer = write_person(core, "ada")
        posts = [publish(core, writer) for _ in range(16)]

        given = [core.ledger.take(Change("clap", post.id, "7", 3)).tally.claps for post in posts]

        assert given == [3] * 16
        assert min(node.dbsize() for node in cluster) > 0
        assert flush_all(core.database, core.journal) == 16


def test_nothing_is_sent_before_something_is_asked() -> None:
    open_redis(f"redis://127.0.0.1:{find_free_port()}/0").close()


def test_a_dead_redis_is_said_in_our_own_words() -> None:
    with closing(open_redis(f"redis://127.0.0.1:{find_free_port()}/0")) as client:
        with pytest.raises(Unavailable) as error, answering("count claps"):
            client.ping()

    assert error.value.message == "Redis cannot count claps right now (ConnectionError)."


def test_a_dead_cluster_is_said_in_our_own_words() -> None:
    with pytest.raises(Unavailable, match="Redis cannot tell its cluster's nodes"):
        open_redis(f"redis+cluster://127.0.0.1:{find_free_port()}")


def test_an_error_that_is_not_rediss_stays_what_it_is() -> None:
    with pytest.raises(ZeroDivisionError), answering("count claps"):
        1 / 0  # noqa: B018


def test_scripts_lie_beside_the_code(redis: RedisServer) -> None:
    with closing(open_redis(redis.url)) as client:
        assert load_script(client, "read")(keys=["{s1}:life"]) == ["unverified"]
