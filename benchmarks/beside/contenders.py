"""Each program that is measured side by side: how it is started, asked and told, and what it has used."""

from __future__ import annotations

import http.client
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from benchmarks.beside.dialects import CLAPS, PLAIN, SOCKET_IO, Dialect, told_text, upgrade_request
from benchmarks.programs import Missing, cores, pin
from benchmarks.sites import PAGE_BYTES, BenchSite, open_site
from tests.parts.claps_server import ROOT
from tests.parts.mariadb_server import SYSTEM_PATH
from tests.parts.processes import Child, eventually, find_free_port, list_family

PEERS = ROOT / "benchmarks" / "peers"
INSTALLED = ROOT / "build" / "peers"
BINARIES = INSTALLED / "venv" / "bin"
NCHAN_MODULE = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
NAMES = ("Claps", "Nchan", "ws", "Socket.IO", "python-socketio", "flask-sock")
IDLE_SHARE = 0.4  # of a core; pings go on


class Telling(Protocol):
    """Tells updates to everybody, from a place where the program has only to spread them."""

    def next(self) -> int:
        """Prepare the next update; return its number of claps."""

    def tell(self) -> None:
        """Tell the update that was prepared."""


class Contender(Protocol):
    """A running program."""

    name: str
    port: int
    dialect: Dialect

    @property
    def resident_bytes(self) -> int:
        """Its resident memory, without what the kernel keeps for its sockets."""

    @property
    def cpu_seconds(self) -> float:
        """The processor time that it has used so far."""

    def teller(self) -> Telling:
        """Make one who tells updates of the first post."""

    def upgrade_request(self, topic: str) -> bytes:
        """The opening handshake of somebody who watches a topic."""

    def settle(self) -> None:
        """Wait until those who have just come make no more work."""


class Claps:
    """This project, with one worker; its Redis runs on the load's core, as the peers' MariaDB does."""

    name = "Claps"
    dialect = CLAPS

    def __init__(self, site: BenchSite) -> None:
        self.site = site
        self.port = site.port

    @property
    def resident_bytes(self) -> int:
        """The worker's resident memory."""
        return self.site.resident_bytes

    @property
    def cpu_seconds(self) -> float:
        """The worker's processor time."""
        return _cpu_seconds(self.site.worker)

    def teller(self) -> Telling:
        """Make one who publishes in Redis, as the clap script does."""
        return self.site.teller("post:1")

    def upgrade_request(self, topic: str) -> bytes:
        """The opening handshake of a program."""
        return upgrade_request(self.dialect, topic, self.port)

    def settle(self) -> None:
        """Wait until the newcomers have been counted and told."""
        self.site.settle()


class Peer(Child):
    """Another program in a process of its own, kept on the first core."""

    def __init__(self, name: str, folder: Path, *, binaries: Path, environ: Mapping[str, str]) -> None:
        folder.mkdir()
        self.name = name
        self.port = find_free_port()
        self.dialect = SOCKET_IO if name in ("Socket.IO", "python-socketio") else PLAIN
        self._posters: list[_Poster] = []
        self._environ = {
            **os.environ, "NODE_PATH": str(INSTALLED / "node_modules"), "NODE_ENV": "production",
            "PYTHONDONTWRITEBYTECODE": "1", "PEER_PORT": str(self.port), **environ,
        }
        super().__init__(_command(name, folder, self.port, binaries), log=folder / "log")

    def start(self) -> None:
        """Start it and return when it answers."""
        self.launch(self._answers, environ=self._environ, folder=PEERS)
        for process in list_family(self.pid):
            pin(process.pid, cores()[0])

    @property
    def resident_bytes(self) -> int:
        """The resident memory of all its processes."""
        pids = [process.pid for process in list_family(self.pid)]
        return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES for pid in pids)

    @property
    def cpu_seconds(self) -> float:
        """The processor time of all its processes."""
        return sum(_cpu_seconds(process.pid) for process in list_family(self.pid))

    def teller(self) -> Telling:
        """Make one who posts a text that the program spreads as it is."""
        self._posters.append(_Poster(self.port))
        return self._posters[-1]

    def kill(self) -> None:
        """Kill it, and close what its tellers still wait on."""
        super().kill()
        for poster in self._posters:
            poster.close()

    def upgrade_request(self, topic: str) -> bytes:
        """The opening handshake."""
        return upgrade_request(self.dialect, topic, self.port)

    def settle(self) -> None:
        """Wait until it has nothing to do but its pings."""
        eventually(lambda: self._share_of_a_core(seconds=0.5) < IDLE_SHARE, seconds=30)

    def _share_of_a_core(self, *, seconds: float) -> float:
        before = self.cpu_seconds
        time.sleep(seconds)
        return (self.cpu_seconds - before) / seconds

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status == 200
        finally:
            connection.close()


class _Poster:
    def __init__(self, port: int) -> None:
        self._port = port
        self._claps = 1_000_000
        self._connection: http.client.HTTPConnection | None = None

    def next(self) -> int:
        """Prepare the next update; return its number of claps."""
        if self._connection is not None:
            answer = self._connection.getresponse()
            assert answer.status < 300, answer.status
            self.close()
        # Connected beforehand, so that only the request is part of what is measured.
        self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        self._connection.connect()
        self._claps += 1
        return self._claps

    def tell(self) -> None:
        """Post the update that was prepared."""
        assert self._connection is not None
        self._connection.request("POST", "/tell", told_text(self._claps).encode())

    def close(self) -> None:
        """Close the connection, whether its answer has come or not."""
        if self._connection is not None:
            self._connection.close()


@contextmanager
def open_contender(
    name: str, folder: Path, *, binaries: Path = BINARIES, database_url: str = "",
    transport: str = "websocket",
) -> Iterator[Contender]:
    """Start one of ``NAMES``; it ends with the block.

    :param transport: ``polling`` for a Socket.IO that is measured by long-poll.
    :raises Missing: the peer is not installed.
    """
    if name == "Claps":
        with open_site(folder, CLAPS_DATABASE_URL=database_url) as site:
            if database_url:
                # Only a site on a SQLite of its own fills itself.
                site.server.run("demo").check_returncode()
            yield Claps(site)
        return
    environ = {"PEER_DATABASE_URL": database_url, "PEER_TRANSPORT": transport}
    peer = Peer(name, folder / f"{name}-{transport}", binaries=binaries, environ=environ)
    peer.start()
    try:
        yield peer
    finally:
        peer.kill()


def _cpu_seconds(pid: int) -> float:
    # Not /proc/…/stat, which counts in hundredths of a second: some are done with 2,500 connects in four of them.
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


def _command(name: str, folder: Path, port: int, binaries: Path) -> list[str]:
    if name == "Nchan":
        return [_find("nginx"), "-e", "stderr", "-c", str(_write_nchan_settings(folder, port))]
    if name in ("ws", "Socket.IO"):
        if not (INSTALLED / "node_modules" / "socket.io").exists():
            raise Missing(f"{name} is not installed; `make bench-peers` does it with npm")
        return [_find("node"), str(PEERS / ("plain_ws.js" if name == "ws" else "socket_io.js"))]
    if name == "python-socketio":
        return [
            _installed(binaries / "uvicorn"), "--port", str(port), "--loop", "uvloop", "--http", "httptools",
            "--ws", "websockets-sansio", "--ws-per-message-deflate", "false", "--backlog", "4096",
            "--no-access-log", "--log-level", "warning", "socketio_app:app",
        ]
    return [
        _installed(binaries / "gunicorn"), "-b", f"127.0.0.1:{port}", "-w", "1", "-k", "gevent",
        "--worker-connections", "19000", "--backlog", "4096", "flask_sock_app:app",
    ]


def _write_nchan_settings(folder: Path, port: int) -> Path:
    if not NCHAN_MODULE.exists():
        raise Missing("Nchan is not installed; on Debian: apt-get install nginx libnginx-mod-nchan")
    text = (PEERS / "nchan.conf").read_text()
    user = "user root;" if os.geteuid() == 0 else ""
    for mark, value in {"PORT": port, "FOLDER": folder, "MODULE": NCHAN_MODULE, "USER": user}.items():
        text = text.replace(f"@{mark}@", str(value))
    path = folder / "nginx.conf"
    path.write_text(text)
    return path


def _find(program: str) -> str:
    found = shutil.which(program, path=SYSTEM_PATH)
    if found is None:
        raise Missing(f"{program} is not installed")
    return found


def _installed(program: Path) -> str:
    if not program.exists():
        raise Missing(f"{program.name} is not installed for the peers; `make bench-peers` does it")
    return str(program)
