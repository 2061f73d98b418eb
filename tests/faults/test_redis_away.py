"""Redis is away, is killed, is emptied or comes back older: what was acknowledged is there once, or SQL has it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.books import Books
from tests.faults.conftest import MakeServer
from tests.faults.crowd import Crowd
from tests.faults.engines import ON_MARIADB, ON_SQLITE
from tests.faults.watchers import watching
from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Client
from tests.parts.processes import eventually
from tests.parts.redis_server import RedisServer

CLAPS = "/posts/1/claps"
JSON = {"Accept": "application/json"}
KILLS = 3


def clap(reader: Client, times: int) -> int:
    """Clap for post 1; return the reader's own total."""
    answer = reader.post_json(CLAPS, {"claps": times})
    assert answer.status == 200, answer.text
    return int(answer.json["yours"])


@ON_SQLITE
def test_without_redis_pages_are_read_and_claps_refused(
    filled_server: ClapsServer, books: Books, redis: RedisServer
) -> None:
    redis.kill()
    filled_server.start()
    reader = filled_server.open_client()

    page, answer = reader.get("/posts/1"), reader.post_json(CLAPS, {"claps": 1})

    assert page.status == 200
    assert "Counting does not answer right now" in page.text
    assert f'>{books.stored()[1]:,}<' in page.text
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0


@ON_SQLITE
def test_clapping_comes_back_with_redis(filled_server: ClapsServer, books: Books, redis: RedisServer) -> None:
    before = books.stored()[1]
    redis.kill()
    filled_server.start()

    with watching(filled_server) as watchers:
        redis.start()
        eventually(lambda: filled_server.open_client().post_json(CLAPS, {"claps": 1}).status == 200)
        watchers.wait_to_see(before + 1)

    assert watchers.first[0]["state"]["claps"] == before


def test_a_killed_redis_loses_and_doubles_nothing(
    filled_server: ClapsServer, books: Books, redis: RedisServer
) -> None:
    before = books.stored()
    filled_server.start()

    with watching(filled_server) as watchers:
        with Crowd(filled_server) as crowd:
            for _ in range(KILLS):
                crowd.wait_for_claps()
                redis.restart()
            crowd.wait_for_claps()
        seen = watchers.wait_to_see(books.live()[1])
    filled_server.stop()

    print(f"{KILLS} kills, {crowd.acknowledged.total()} claps acknowledged, {crowd.refusals}")
    crowd.check(books, before)
    assert seen[0]["version"].partition(".")[0] != watchers.first[0]["version"].partition(".")[0]


@ON_SQLITE
def test_an_emptied_redis_is_filled_from_sql(filled_server: ClapsServer, books: Books, redis: RedisServer) -> None:
    filled_server.start()
    with Crowd(filled_server) as crowd:
        crowd.wait_for_claps()
        with redis.open_client() as client:
            client.flushall()
        crowd.wait_for_claps()

    # From here nothing is lost again: a new crowd's claps are counted once each, whatever was before.
    filled_server.run("flush")
    before = books.stored()
    with Crowd(filled_server) as crowd:
        crowd.wait_for_claps()
    filled_server.stop()

    crowd.check(books, before)


@ON_MARIADB
def test_an_older_redis_is_caught_up_from_sql(
    filled_server: ClapsServer, books: Books, redis: RedisServer, tmp_path: Path
) -> None:
    filled_server.start()
    with Crowd(filled_server) as crowd:
        crowd.wait_for_claps()
        redis.copy_data(tmp_path / "older")
        crowd.wait_for_claps(100)
        positions = books.positions()
        redis.restore_data(tmp_path / "older")
        crowd.wait_for_claps()

    assert all(books.positions()[shard] >= positions[shard] for shard in positions)
    filled_server.run("flush")
    before = books.stored()
    with Crowd(filled_server) as crowd:
        crowd.wait_for_claps()
    filled_server.stop()
    crowd.check(books, before)


@ON_SQLITE
def test_fifty_stay_fifty_in_an_older_redis(
    filled_server: ClapsServer, books: Books, redis: RedisServer, tmp_path: Path
) -> None:
    filled_server.start()
    reader = filled_server.open_client()
    clap(reader, 3)
    redis.copy_data(tmp_path / "older")
    clap(reader, 50)
    filled_server.run("flush")

    redis.restore_data(tmp_path / "older")

    assert eventually(lambda: reader.post_json(CLAPS, {"claps": 50}).status == 200)
    assert clap(reader, 50) == 50
    filled_server.stop()
    books.check()


@ON_SQLITE
def test_what_lies_in_an_older_redis_is_told_to_nobody(
    filled_server: ClapsServer, books: Books, redis: RedisServer, tmp_path: Path
) -> None:
    filled_server.start()
    reader = filled_server.open_client()
    clap(reader, 3)
    redis.copy_data(tmp_path / "older")
    clap(reader, 5)
    filled_server.stop()

    redis.restore_data(tmp_path / "older")

    assert 1 not in books.live()
    filled_server.start()
    told = filled_server.open_client().get("/live?topic=post:1", headers=JSON).json
    assert told["state"]["claps"] == books.stored()[1] == books.live()[1]


@ON_SQLITE
@pytest.mark.parametrize("is_empty", [True, False], ids=["empty", "with-its-journal"])
def test_ids_that_sql_has_seen_are_never_given_again(
    filled_server: ClapsServer, books: Books, redis: RedisServer, *, is_empty: bool
) -> None:
    # As after a clock that ran ahead: SQL has ids that Redis would give only in an hour.
    ahead = {shard: (ms + 3_600_000, 7) for shard, (ms, _) in books.positions().items()}
    books.move_positions(ahead)
    redis.wipe() if is_empty else redis.restart()
    filled_server.start()

    clap(filled_server.open_client(), 5)
    filled_server.stop()

    assert books.positions()[1] > ahead[1]
    books.check()


@ON_SQLITE
def test_what_a_restarted_redis_has_is_flushed_though_nobody_reads(
    make_server: MakeServer, filled_url: str, redis: RedisServer, books: Books
) -> None:
    slow = {"CLAPS_FLUSH_SECONDS": "60"}
    server = make_server(database_url=filled_url, redis_url=redis.url, environ=slow)
    server.start()
    clap(server.open_client(), 5)
    server.kill()
    redis.restart()

    done = server.run("flush")

    assert "1 journal" in done.stdout
    books.check()


@ON_SQLITE
def test_a_frozen_redis_holds_up_hardly_anybody(make_server: MakeServer, filled_url: str, redis: RedisServer) -> None:
    server = make_server(database_url=filled_url, redis_url=redis.url, environ={"CLAPS_WORKERS": "1"})
    server.start()
    reader, other = server.open_client(), server.open_client()

    redis.pause()
    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(other.post_json, CLAPS, {"claps": 1})
        seconds = [read(reader) for _ in range(20)]
    redis.resume()

    assert answer.result().status == 503
    # The first finds out, and one now and then looks whether it is back.
    assert sum(took > 0.5 for took in seconds) <= 4
    eventually(lambda: clap(other, 1))


def read(reader: Client) -> float:
    """Read a page; return the seconds that it took."""
    began = time.monotonic()
    assert reader.get("/posts/1").status == 200
    return time.monotonic() - began
