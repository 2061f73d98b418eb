"""``claps serve``: starts everything, starts again what dies, and stops it so that nothing is lost."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing

import psutil

from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Client
from tests.parts.mariadb_server import MariadbServer
from tests.parts.processes import eventually
from tests.parts.redis_server import RedisServer

MakeServer = Callable[..., ClapsServer]
# Longer than one transaction knocks at a database that is locked.
HELD_SECONDS = 3.0


def give(client: Client, claps: int) -> int:
    """Clap for post 1; return how many this reader has given, or 0 when it was not counted."""
    answer = client.post_json("/posts/1/claps", {"claps": claps})
    return int(answer.json["yours"]) if answer.status == 200 else 0


def find_child(server: ClapsServer, name: str) -> psutil.Process:
    """One of its children, by a part of its command."""
    [child] = [child for child in psutil.Process(server.pid).children() if name in " ".join(child.cmdline())]
    return child


def stored_claps(server: ClapsServer, reader_claps: int) -> int:
    """How many readers have so many claps in SQL."""
    with closing(sqlite3.connect(server.var / "claps.sqlite")) as connection:
        [count] = connection.execute("SELECT COUNT(*) FROM clap WHERE claps = ?", (reader_claps,)).fetchone()
        return int(count)


def test_a_first_run_fills_in_a_demo_and_what_was_clapped_is_in_sql_when_it_has_stopped(
    make_server: MakeServer,
) -> None:
    server = make_server(environ={"CLAPS_FLUSH_SECONDS": "60"})
    server.start()
    posts = server.open_client().get("/").text.count("<h2>")
    before = stored_claps(server, 49)
    assert give(server.open_client(), 49) == 49

    code = server.stop(by=signal.SIGTERM)

    assert (code, posts, stored_claps(server, 49)) == (0, 9, before + 1)
    assert "The first run: filling in a demo." in server.log_text
    assert f"Claps is at http://127.0.0.1:{server.port}" in server.log_text
    assert "nothing is lost" in server.log_text


def test_the_last_claps_wait_for_whoever_holds_the_database_then(make_server: MakeServer) -> None:
    server = make_server(environ={"CLAPS_FLUSH_SECONDS": "60"})
    server.start()
    before = stored_claps(server, 49)
    assert give(server.open_client(), 49) == 49
    gunicorn = find_child(server, "gunicorn")

    with closing(sqlite3.connect(server.var / "claps.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        os.kill(server.pid, signal.SIGTERM)
        eventually(lambda: not gunicorn.is_running())
        time.sleep(HELD_SECONDS)
        other.execute("ROLLBACK")

    assert server.stop() == 0
    assert stored_claps(server, 49) == before + 1
    assert "the journal stays" not in server.log_text


def test_an_address_that_is_taken_is_said_at_once(make_server: MakeServer) -> None:
    server = make_server()
    with socket.create_server(("127.0.0.1", server.port)):
        done = server.run("serve")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"claps: 127.0.0.1:{server.port} cannot be listened on (Address already in use)")


def test_a_redis_that_dies_is_started_again_and_nothing_is_lost(make_server: MakeServer) -> None:
    server = make_server(environ={"CLAPS_FLUSH_SECONDS": "60"})
    server.start()
    ben = server.open_client()
    assert give(ben, 8) == 8

    find_child(server, "redis-server").kill()

    assert eventually(lambda: give(ben, 1)) == 9
    assert "Redis has ended; starting it again" in server.log_text


def test_a_web_server_that_dies_is_started_again(make_server: MakeServer) -> None:
    server = make_server()
    server.start()

    find_child(server, "gunicorn").kill()
    eventually(lambda: "the web server has ended with code -9" in server.log_text)

    assert eventually(lambda: server.open_client().get("/healthz").status == 200)


def test_a_worker_is_added_and_taken_away_by_signals(make_server: MakeServer) -> None:
    server = make_server()
    server.start()
    before = server.worker_pids

    os.kill(server.pid, signal.SIGTTIN)
    eventually(lambda: len(server.worker_pids) == len(before) + 1)
    os.kill(server.pid, signal.SIGTTOU)

    eventually(lambda: len(server.worker_pids) == len(before) and server.worker_pids != before)


def test_a_second_one_on_the_same_folder_is_refused_and_harms_nothing(make_server: MakeServer) -> None:
    server = make_server()
    server.start()

    second = server.run("serve")

    assert second.returncode == 1
    assert f"claps: Claps is running already on {server.var.resolve()}." in second.stderr
    assert give(server.open_client(), 1) == 1


def test_with_parts_of_its_own_a_site_begins_empty(
    make_server: MakeServer, redis: RedisServer, mariadb: MariadbServer
) -> None:
    url = mariadb.make_database()
    server = make_server(redis_url=redis.url, database_url=url)

    server.start()

    assert "/posts/" not in server.open_client().get("/").text
    assert not os.path.exists(server.var / "claps.sqlite")
    server.stop()
    mariadb.drop_database(url)
