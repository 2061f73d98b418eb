"""Flushers are killed at random moments while readers clap: no clap is lost, none counted twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import IO, Any

import pytest

from tests.faults.books import Books
from tests.faults.crowd import POSTS
from tests.faults.engines import ON_MARIADB
from tests.parts.claps_server import ROOT, ClapsServer
from tests.parts.processes import eventually
from tests.parts.redis_server import RedisServer

KILLS = 60
FLUSHERS = 2


@pytest.fixture
def seed() -> int:
    """The seed of one run; a failure shows it."""
    number = random.randrange(10**6)
    print(f"seed {number}")
    return number


class Nest:
    """Where flushers come from, and are killed."""

    def __init__(self, server: ClapsServer) -> None:
        self._process = start(server, "tests.faults.spinning_flusher")
        self.living: list[int] = []

    def hatch(self) -> int:
        """Start a flusher; return its process id when it has flushed once."""
        pid = self.call()
        assert reading(self._process).readline() == "flushed\n"
        return pid

    def call(self) -> int:
        """Start a flusher, which may have to wait for somebody before it has flushed once."""
        writing(self._process).write("\n")
        writing(self._process).flush()
        self.living.append(int(reading(self._process).readline()))
        return self.living[-1]

    def kill(self, pid: int) -> None:
        """Kill a flusher and return when it is gone."""
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: not is_alive(pid))
        self.living.remove(pid)

    def close(self) -> None:
        """Kill all of them."""
        for pid in list(self.living):
            self.kill(pid)
        end(self._process)


@contextmanager
def clapping(server: ClapsServer, seed: int) -> Iterator[dict[str, Any]]:
    """Clap meanwhile; the dict is filled with what was acknowledged when it ends."""
    told: dict[str, Any] = {}
    process = start(server, "tests.faults.spinning_clapper", str(seed))
    try:
        yield told
    finally:
        told.update(json.loads(end(process)))


@contextmanager
def forbidding(redis: RedisServer, command: str) -> Iterator[None]:
    """Let Redis refuse one command meanwhile."""
    with redis.open_client() as client:
        client.acl_setuser("default", enabled=True, commands=[f"-{command}"])
        try:
            yield
        finally:
            client.acl_setuser("default", enabled=True, commands=[f"+{command}"])


def start(server: ClapsServer, *module: str) -> subprocess.Popen[str]:
    """Start one of the programs beside this file, with a server's settings."""
    command = [sys.executable, "-m", *module]
    return subprocess.Popen(
        command, env=server.environ, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def end(process: subprocess.Popen[str]) -> str:
    """End its input and return the rest of what it says."""
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    return output


def writing(process: subprocess.Popen[str]) -> IO[str]:
    """Its input."""
    assert process.stdin is not None
    return process.stdin


def reading(process: subprocess.Popen[str]) -> IO[str]:
    """Its output."""
    assert process.stdout is not None
    return process.stdout


def is_alive(pid: int) -> bool:
    """True while a process runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def nest(filled_server: ClapsServer) -> Iterator[Nest]:
    """A nest without flushers."""
    nest = Nest(filled_server)
    yield nest
    nest.close()


def test_no_clap_is_lost_or_doubled_by_sixty_kills(
    filled_server: ClapsServer, books: Books, nest: Nest, seed: int
) -> None:
    before, luck = books.stored(), random.Random(seed)

    with clapping(filled_server, seed) as told:
        for _ in range(FLUSHERS):
            nest.hatch()
        for _ in range(KILLS):
            time.sleep(luck.uniform(0, 0.06))  # no event to wait for: any moment of a flush is the right one
            nest.kill(luck.choice(nest.living))
            nest.hatch()
    filled_server.run("flush")

    print(f"{KILLS} kills, {told['acknowledged']} claps acknowledged")
    books.check()
    given = {post_id: claps - before[post_id] for post_id, claps in books.stored().items()}
    assert given == {post_id: told["given"].get(str(post_id), 0) for post_id in given}
    assert {f"{post} {reader}": claps for (post, reader), claps in books.given().items()}.items() >= {
        pair: claps for pair, claps in told["yours"].items() if claps
    }.items()


def test_a_kill_between_commit_and_trimming_counts_nothing_twice(
    filled_server: ClapsServer, books: Books, nest: Nest, redis: RedisServer, seed: int
) -> None:
    before, positions = books.stored(), books.positions()
    with clapping(filled_server, seed) as told:
        eventually(lambda: len(books.journal_posts()) == len(POSTS))

    with forbidding(redis, "xtrim"):
        flusher = nest.call()
        eventually(lambda: books.positions() != positions)
        nest.kill(flusher)

    assert books.committed_but_not_trimmed()
    filled_server.run("flush")
    books.check()
    assert sum(books.stored().values()) == sum(before.values()) + sum(told["given"].values())


@ON_MARIADB
def test_a_kill_before_commit_changes_nothing(
    filled_server: ClapsServer, books: Books, nest: Nest, seed: int
) -> None:
    before, positions = books.stored(), books.positions()
    with clapping(filled_server, seed) as told:
        eventually(lambda: len(books.journal_posts()) == len(POSTS))

    with closing(books.connect()) as holding, closing(holding.cursor()) as cursor:
        cursor.execute("SELECT id FROM post FOR UPDATE")  # readers' claps are written before the posts' rows
        flusher = nest.call()
        eventually(lambda: books.query("SELECT 1 FROM information_schema.processlist WHERE info LIKE 'UPDATE `post`%'"))
        nest.kill(flusher)

    assert (books.stored(), books.positions()) == (before, positions)
    filled_server.run("flush")
    books.check()
    assert sum(books.stored().values()) == sum(before.values()) + sum(told["given"].values())
