"""SQL is away for ten seconds under load: claps and reading go on, writing waits, and nothing is lost."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from claps.hot.keys import tally_key
from tests.faults.books import Books
from tests.faults.conftest import MakeServer
from tests.faults.crowd import Crowd
from tests.faults.engines import ON_MARIADB
from tests.faults.watchers import watching
from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Client
from tests.parts.mariadb_server import MariadbServer
from tests.parts.redis_server import RedisServer
from tests.parts.websocket_client import JSON_PROTOCOL, WebSocketClient

AWAY_SECONDS = 10.0
PATIENCE_SECONDS = 2.0  # what a reader waits without wondering, on a machine that is busy
WARM_SECONDS = 3
KNOWN = ("/posts/1", "/", "/posts/2")
ACCOUNT = {"name": "dora", "display_name": "Dora", "password": "a long password"}
WAYS_TO_GO: dict[str, Callable[[MariadbServer], object]] = {
    "killed": MariadbServer.kill,
    "frozen": MariadbServer.pause,
}


def sign_in(server: ClapsServer) -> Client:
    """Return Ada, who is one of the demo's writers."""
    ada = server.open_client()
    assert ada.post("/login", {"name": "ada", "password": "applause"}).status == 303
    return ada


def read_for(seconds: float, reader: Client) -> float:
    """Read known posts for some seconds; return how long the slowest took."""
    slowest, ends = 0.0, time.monotonic() + seconds
    while time.monotonic() < ends:
        for path in KNOWN:
            began = time.monotonic()
            assert reader.get(path).status == 200
            slowest = max(slowest, time.monotonic() - began)
    return slowest


@ON_MARIADB
@pytest.mark.parametrize("how", WAYS_TO_GO)
def test_claps_and_reading_go_on_without_sql(
    filled_server: ClapsServer, books: Books, mariadb: MariadbServer, how: str
) -> None:
    before = books.stored()
    filled_server.start()
    reader, ada = filled_server.open_client(), sign_in(filled_server)

    with watching(filled_server) as watchers, Crowd(filled_server) as crowd:
        crowd.wait_for_claps()
        # What goes on is what every worker has read before.
        read_for(WARM_SECONDS, reader)
        WAYS_TO_GO[how](mariadb)
        at_first = crowd.acknowledged.total()
        slowest_seconds = read_for(AWAY_SECONDS, reader)
        join = filled_server.open_client().post("/join", ACCOUNT)
        comment = ada.post("/posts/2/comments", {"body": "Is anybody there?"})
        assert "The database does not answer right now" in reader.get("/posts/1").text
        meanwhile = crowd.acknowledged.total() - at_first
        watchers.wait_for_programs(books.live_claps(1))
        mariadb.revive()
        crowd.wait_for_claps()
    filled_server.stop()

    print(f"{meanwhile} claps meanwhile; slowest page {slowest_seconds:.2f} s, clap {crowd.slowest_seconds:.2f} s")
    assert (join.status, comment.status) == (503, 503)
    assert not crowd.refusals
    assert max(slowest_seconds, crowd.slowest_seconds) < PATIENCE_SECONDS
    crowd.check(books, before)


@ON_MARIADB
def test_what_redis_knows_is_told_though_another_post_is_not_known(
    make_server: MakeServer, filled_url: str, mariadb: MariadbServer, redis: RedisServer
) -> None:
    server = make_server(database_url=filled_url, redis_url=redis.url, environ={"CLAPS_WORKERS": "1"})
    server.start()
    reader = server.open_client()
    assert reader.get("/posts/1").status == reader.get("/posts/2").status == 200
    with redis.open_client() as client:
        client.delete(tally_key(2))
    mariadb.kill()

    with WebSocketClient(server.port, "/live?topic=post:2&topic=post:1", protocol=JSON_PROTOCOL) as program:
        assert program.receive_json()["topic"] == "post:1"
        mariadb.start()
        assert program.receive_json()["topic"] == "post:2"
