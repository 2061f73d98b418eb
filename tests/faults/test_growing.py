"""A worker is added under load and one is taken away: readers even out, and nobody loses anything."""

from __future__ import annotations

import contextlib
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator

import psutil
import pytest

from benchmarks.returning import Crowd
from claps.plain.limits import SURPLUS_LEAST
from tests.faults.books import Books
from tests.faults.engines import ON_SQLITE
from tests.parts.claps_server import ClapsServer
from tests.parts.processes import eventually

SOCKETS, POLLERS = 540, 60
READERS = SOCKETS + POLLERS


class Watched:
    """A crowd at a server, and everything it has noted."""

    def __init__(self, server: ClapsServer) -> None:
        self.server = server
        self.crowd = Crowd([server.port])
        self.noted: Counter[str] = Counter()

    def until(self, check: Callable[[], object], *, seconds: float = 30) -> None:
        """Let the crowd go on until ``check`` is true."""

        def turn() -> object:
            for _ in range(10):
                self.crowd.loop.turn(0.01)
            told = self.crowd.tell()
            self.noted.update({name: getattr(told, name) for name in ("opened", "older", "acknowledged", "unknown")})
            return check()

        eventually(turn, seconds=seconds)

    def files(self) -> list[int]:
        """How many files each worker has open."""
        counts = []
        for pid in self.server.worker_pids:
            with contextlib.suppress(psutil.NoSuchProcess):  # it ended a moment ago
                counts.append(psutil.Process(pid).num_fds())
        return counts

    def everybody_is_in(self) -> bool:
        """True when all are connected."""
        return sum(reader.is_open for reader in self.crowd.readers) == READERS


@pytest.fixture
def watched(filled_server: ClapsServer) -> Iterator[Watched]:
    """Readers at two workers, of whom some clap."""
    filled_server.start()
    watched = Watched(filled_server)
    watched.crowd.add(SOCKETS, POLLERS, window=200)
    watched.until(watched.everybody_is_in)
    watched.crowd.claps_per_second = 50
    yield watched
    watched.crowd.loop.close()


@ON_SQLITE
def test_a_third_worker_gets_its_share_and_nobody_misses_anything_then_or_when_one_is_taken_away(
    watched: Watched, books: Books
) -> None:
    before = books.stored()
    os.kill(watched.server.pid, signal.SIGTTIN)

    watched.until(lambda: len(watched.files()) == 3 and max(watched.files()) < READERS / 3 + SURPLUS_LEAST + 20)
    watched.until(watched.everybody_is_in)
    # A third of them moves; some more than once, because where they came from takes one in a while as well.
    assert watched.noted["opened"] <= READERS * 2
    os.kill(watched.server.pid, signal.SIGTTOU)
    watched.until(lambda: len(watched.files()) == 2)
    watched.until(watched.everybody_is_in)

    watched.crowd.claps_per_second = 0
    watched.until(lambda: all(len(counts) == 1 for counts in watched.crowd.shown().values()))
    watched.server.stop()
    stored = books.stored()
    shown = watched.crowd.shown()
    assert {post: [stored[post]] for post in shown} == {post: list(counts) for post, counts in shown.items()}
    given = sum(stored.values()) - sum(before.values())
    assert 0 <= given - watched.noted["acknowledged"] <= watched.noted["unknown"]
    assert watched.noted["older"] == 0
