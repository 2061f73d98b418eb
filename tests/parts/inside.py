"""The product's parts in the tests' own process, over a real Redis and a real database."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import gevent
import gevent.local
import peewee
import pytest
import redis._parsers.hiredis
import redis.connection
from gevent import select as gevent_select
from gevent import socket as gevent_socket
from redis.cluster import RedisCluster

from claps.acts.flush import flush_all
from claps.app import Core, build_core
from claps.plain.people import GUEST_ID_LEAST, Person, Reader
from claps.plain.posts import Post
from claps.settings import ROOT, Ack, Settings
from claps.store.database import Database
from claps.store.migrations import migrate
from claps.store.people import add_person
from claps.store.posts import add_post, get_post

GUEST = Reader(GUEST_ID_LEAST + 7)
# The databases that are known to be in their newest form; to look for pending migrations is slow.
NEWEST: set[str] = set()
# For tests that SQL has little to do with.
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class GreenletsConnection(peewee._ConnectionState, gevent.local.local):  # type: ignore[misc]
    """Which connection to SQL is held: by each greenlet its own, as in a process that is patched."""


@contextmanager
def open_core(database_url: str, redis_url: str, *, ack: Ack = "disk") -> Iterator[Core]:
    """Join SQL, brought to its newest form, and Redis, as every worker does.

    Redis is spoken to through gevent's sockets, so that greenlets take turns, and each holds a connection to
    SQL of its own; the rest of the process is left as it is, because Playwright needs it so.
    """
    settings = Settings(database_url=database_url, redis_url=redis_url, secret_key="sixteen letters!", ack=ack)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(redis.connection, "socket", gevent_socket)
        patch.setattr(redis._parsers.hiredis, "select", gevent_select)
        patch.setattr(peewee, "_ConnectionLocal", GreenletsConnection)
        # Who waits for a connection to SQL would keep everybody waiting, as its pool is not gevent's here.
        patch.setattr("claps.store.database.SQL_CONNECTIONS", 64)
        core = build_core(settings)
        if database_url not in NEWEST:
            bring_to_newest_form(core.database)
        try:
            yield core
        finally:
            close_redis(core)
            core.database.close()


def bring_to_newest_form(database: Database) -> None:
    """Migrate a database; a SQLite file that is not there is a copy of one that was."""
    path = Path(database.peewee.database)
    if database.is_sqlite and not path.exists():
        path.write_bytes(_migrated())
    else:
        migrate(database, ROOT / "migrations")


@cache
def _migrated() -> bytes:
    # Made by a process of its own, as a database is bound to this one.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "claps.db"
        environ = {**os.environ, "CLAPS_DATABASE_URL": f"sqlite:///{path}", "CLAPS_VAR": folder}
        program = Path(sys.executable).parent / "claps"
        subprocess.run([str(program), "migrate"], env=environ, cwd=ROOT, check=True, capture_output=True)
        return path.read_bytes()


def cool_down(core: Core) -> None:
    """Let Redis know no post's counts any more, as after a day without readers; all of them are in SQL."""
    flush_all(core.database, core.journal)
    tallies = list(core.redis.scan_iter("*:post:*"))
    if tallies:
        core.redis.delete(*tallies)


def close_redis(core: Core) -> None:
    """Close every connection to Redis, those among them that somebody still listens on."""
    core.redis.close()
    if isinstance(core.redis, RedisCluster):
        # redis-py leaves the connections to a node that has gone to the collector, which may come in any later test.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()
    pool = getattr(core.redis, "connection_pool", None)
    if pool is not None:
        pool.disconnect(inuse_connections=True)


def write_person(core: Core, name: str) -> Person:
    """Add an account that nobody can sign in to."""
    return core.database.transact(lambda: add_person(name, name.title(), "no hash"))


def publish(core: Core, writer: Person, title: str = "On bells") -> Post:
    """Publish an article of a few words, now."""
    fields = {
        "writer_id": writer.id, "title": title, "slug": "on-bells", "body": "Ding.", "body_html": "<p>Ding.</p>",
        "summary": "Ding.", "words": 1, "published_at": datetime.now(UTC),
    }
    post_id = core.database.transact(lambda: add_post(fields))
    with core.database.reading():
        return get_post(post_id)


@contextmanager
def noting_greenlets() -> Iterator[list[gevent.Greenlet]]:  # type: ignore[type-arg]
    """Note every greenlet that is begun meanwhile."""
    begun: list[gevent.Greenlet] = []  # type: ignore[type-arg]
    gevent.Greenlet.add_spawn_callback(begun.append)
    try:
        yield begun
    finally:
        gevent.Greenlet.remove_spawn_callback(begun.append)
