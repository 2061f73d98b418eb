"""A worker that has many files open lets others take the next reader."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import psutil
import pytest

from claps.plain.limits import FILES_KEPT_FREE
from tests.parts.claps_server import ClapsServer
from tests.parts.processes import eventually
from tests.parts.websocket_client import JSON_PROTOCOL, WebSocketClient

LIMIT = FILES_KEPT_FREE + 100
FULL = f"full with {LIMIT - FILES_KEPT_FREE} files: others take the next reader"


@pytest.fixture
def server(make_server: Callable[..., ClapsServer]) -> ClapsServer:
    """A site whose processes may have few files open."""
    server = make_server()
    server.command[:0] = ["prlimit", f"--nofile={LIMIT}:{LIMIT}"]
    server.start()
    return server


@pytest.fixture
def readers() -> Iterator[ExitStack]:
    """Readers who stay."""
    with ExitStack() as readers:
        yield readers


def enter(readers: ExitStack, server: ClapsServer) -> None:
    """Let one more reader in, who is told the state at once."""
    reader = readers.enter_context(WebSocketClient(server.port, "/live?topic=post:1", protocol=JSON_PROTOCOL))
    assert reader.receive_json()["topic"] == "post:1"


def test_a_full_worker_leaves_readers_to_the_other_until_it_has_room(
    server: ClapsServer, readers: ExitStack
) -> None:
    full, other = server.worker_pids
    os.kill(other, signal.SIGSTOP)
    with ExitStack() as crowd:
        while FULL not in server.log_text:
            enter(crowd, server)
        os.kill(other, signal.SIGCONT)
        files = psutil.Process(full).num_fds()
        assert files < LIMIT

        for _ in range(20):
            enter(readers, server)

        # It may have opened a few to SQL and Redis meanwhile, and none of the twenty.
        assert psutil.Process(full).num_fds() < files + 10
    eventually(lambda: "accepting again" in server.log_text)
