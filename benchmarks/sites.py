"""The Claps that is measured: one worker on a core of its own, as ``claps serve`` runs it."""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import redis
from itsdangerous import URLSafeSerializer

from benchmarks.programs import cores, pin
from claps.plain.people import GUEST_ID_LEAST
from claps.plain.versions import parse_version
from claps.settings import embedded_socket
from tests.parts.claps_server import SECRET_KEY, ClapsServer
from tests.parts.processes import eventually, list_family

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")


class BenchSite:
    """A running server with its demo."""

    def __init__(self, server: ClapsServer) -> None:
        self.server = server
        self.port = server.port
        (self.worker,) = server.worker_pids
        measured, rest = cores()
        for process in list_family(server.pid):
            pin(process.pid, measured if process.pid == self.worker else rest)
        self._redis = redis.Redis(unix_socket_path=str(embedded_socket(server.var)), decode_responses=True)

    @property
    def resident_bytes(self) -> int:
        """The worker's resident memory, without what the kernel keeps for its sockets."""
        return int(Path(f"/proc/{self.worker}/statm").read_text().split()[1]) * PAGE_BYTES

    @property
    def files(self) -> int:
        """How many files the worker has open."""
        return psutil.Process(self.worker).num_fds()

    @property
    def cpu_seconds(self) -> float:
        """The processor time that the worker has used so far."""
        fields = Path(f"/proc/{self.worker}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def metric(self, name: str) -> float:
        """One of the server's figures, of all workers and in all forms that it has."""
        text = self.server.open_client().get("/metrics", seconds=30).text
        assert f"# TYPE {name.removesuffix('_total')}" in text, f"{name} is not among the metrics"
        return sum(map(float, re.findall(rf"^{name}(?:\{{[^}}]*\}})? ([0-9.e+]+)$", text, re.MULTILINE)))

    def states(self, topic: str = "post:2") -> dict[str, dict[str, Any]]:
        """What the first post and another one are at now, with their versions, by topic."""
        # Two, because who asks for one is counted as its reader, and that is news already.
        path = f"/live?topic=post:1&topic={topic if topic != 'post:1' else 'post:2'}"

        def ask() -> dict[str, dict[str, Any]]:
            told = self.server.open_client().get(path, headers={"Accept": "application/json"}).json
            return {one["topic"]: one for one in told}

        # The first answer may come before the second post was read.
        eventually(lambda: len(ask()) == 2)
        return ask()

    def settle(self, *, seconds: float = 1.5) -> None:
        """Wait until nothing has been told for a while: who has just come is counted, and that is news as well."""
        last, since = -1.0, time.monotonic()
        deadline = since + 30
        while time.monotonic() - since < seconds and time.monotonic() < deadline:
            updates = self.metric("claps_updates_sent_total")
            if updates != last:
                last, since = updates, time.monotonic()
            time.sleep(0.1)

    def wait_for_subscribers(self, count: int, *, seconds: float = 60) -> None:
        """Wait until so many are parked."""
        eventually(lambda: self.metric("claps_subscribers") >= count, seconds=seconds)

    def wait_for_nobody(self) -> None:
        """Wait until the worker has noticed that all have left."""
        eventually(lambda: self.metric("claps_subscribers") == 0, seconds=60)

    def teller(self, topic: str) -> Teller:
        """Make one who tells updates of a post."""
        return Teller(self._redis, topic, self.states(topic)[topic])


class Teller:
    """Publishes a post's next tally on its channel, as the clap script does, without anybody clapping.

    So that what is measured begins where a worker hears of a change, and not with counting it.
    """

    def __init__(self, client: Any, topic: str, told: dict[str, Any]) -> None:
        self._client = client
        self._topic = topic
        self._version = parse_version(told["version"])
        self._state = dict(told["state"])
        self._steps = 0
        self._state["claps"] += 1_000_000

    def next(self) -> int:
        """Prepare the next update; return its number of claps."""
        self._steps += 1
        self._state["claps"] += 1
        return int(self._state["claps"])

    def tell(self) -> None:
        """Publish the update that was prepared."""
        assert self._version is not None
        version = f"{self._version.epoch}.{self._version.offset + self._steps}"
        self._client.publish(self._topic, " ".join([version, *map(str, self._state.values())]))


@contextmanager
def open_site(folder: Path, **environ: str) -> Iterator[BenchSite]:
    """Start a server with one worker; it ends with the block."""
    name = f"site-{secrets.token_hex(4)}"
    server = ClapsServer(folder / name, environ={"CLAPS_WORKERS": "1", **environ})
    server.start()
    try:
        yield BenchSite(server)
    finally:
        server.stop()


def upgrade_request(topics: str, port: int, *, json_wire: bool) -> bytes:
    """The opening handshake of a WebSocket, as a browser of today sends it."""
    protocol = "Sec-WebSocket-Protocol: claps.json.v1\r\n" if json_wire else ""
    return (
        f"GET /live?{topics} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Origin: http://127.0.0.1:{port}\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
        f"{protocol}\r\n"
    ).encode()


def poll_request(topics: str, port: int, *, wait_seconds: int) -> bytes:
    """A long-poll for JSON."""
    return (
        f"GET /live?{topics}&wait={wait_seconds} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        "Accept: application/json\r\n\r\n"
    ).encode()


def guest_cookies(count: int) -> list[str]:
    """Sign the cookies of new guests, as the server would."""
    signer = URLSafeSerializer(SECRET_KEY, salt="reader")
    return [f"reader={signer.dumps(GUEST_ID_LEAST | secrets.randbits(62))}" for _ in range(count)]
