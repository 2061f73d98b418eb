"""A private HAProxy in front of several sites, set up as ``docs/running.md`` says."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from tests.parts.http_client import Client
from tests.parts.mariadb_server import SYSTEM_PATH
from tests.parts.processes import Child, find_free_port

LET_GO_SECONDS = 2
SETTINGS = """\
global
    stats socket {control} mode 600 level admin expose-fd listeners
    hard-stop-after {let_go_seconds}s

defaults
    mode http
    timeout connect 2s
    timeout client 90s
    timeout server 90s
    timeout tunnel 90s

frontend public
    bind 127.0.0.1:{port}
    option forwardfor
    http-request set-header X-Forwarded-Proto http
    http-request set-header X-Forwarded-Host %[req.hdr(host)]
    default_backend claps

backend claps
    balance leastconn
    option httpchk GET /healthz
    default-server check inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
{servers}
"""


class HaproxyServer(Child):
    """A load balancer. Not started by being made: call :meth:`start`.

    :param ports: where the sites listen.
    """

    def __init__(self, folder: Path, ports: Sequence[int]) -> None:
        folder.mkdir(parents=True)
        self.port = find_free_port()
        program = shutil.which("haproxy", path=SYSTEM_PATH)
        assert program, "haproxy is not installed; `make test-setup` says how to get it"
        servers = "\n".join(f"    server node{number} 127.0.0.1:{port}" for number, port in enumerate(ports))
        settings = folder / "haproxy.cfg"
        self._control = folder / "control"
        places = {"control": self._control, "let_go_seconds": LET_GO_SECONDS}
        settings.write_text(SETTINGS.format(port=self.port, servers=servers, **places))
        super().__init__([program, "-db", "-f", str(settings)], log=folder / "haproxy.log")

    @property
    def url(self) -> str:
        """Where readers go."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and return when it answers."""
        self.launch(self._answers)

    def reload(self) -> None:
        """Put a new process in its place, as ``systemctl reload`` does: it gets the sockets that are listened on.

        The old one accepts nothing more, ends what is under way, and what is left open after some seconds is cut off.
        """
        old, plain = self.process, self.command
        assert old is not None, "it was not started"
        self.process, self.command = None, [*plain, "-x", str(self._control), "-sf", str(old.pid)]
        try:
            self.launch(self._answers)
        finally:
            self.command = plain
        old.wait(LET_GO_SECONDS * 10)

    def open_client(self) -> Client:
        """Return a new reader with no cookies."""
        return Client(self.port)

    def _answers(self) -> bool:
        return Client(self.port).get("/healthz", seconds=2).status in (200, 503)
