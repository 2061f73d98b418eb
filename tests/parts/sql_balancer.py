"""HAProxy in front of several SQL servers, with the settings of ``examples/failover``."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.parts.mariadb_server import SYSTEM_PATH, MariadbServer
from tests.parts.processes import Child, find_free_port

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples" / "failover"
# Where the examples say that the servers are.
HOSTS = ("10.0.0.31", "10.0.0.32", "10.0.0.33")


class SqlBalancer(Child):
    """A load balancer. Not started by being made: call :meth:`start`.

    :param example: the name of its settings in ``examples/failover``.
    :param paths: what stands instead of other paths of the example.
    """

    def __init__(
        self, folder: Path, servers: Sequence[MariadbServer], *, example: str, paths: Mapping[str, str]
    ) -> None:
        folder.mkdir(parents=True)
        self.port = find_free_port()
        program = shutil.which("haproxy", path=SYSTEM_PATH)
        assert program, "haproxy is not installed; `make test-setup` says how to get it"
        settings = folder / "haproxy.cfg"
        places = {f"{host}:3306": f"127.0.0.1:{one.port}" for host, one in zip(HOSTS, servers, strict=False)}
        settings.write_text(settle(example, {"127.0.0.1:3306": f"127.0.0.1:{self.port}", **places, **paths}))
        super().__init__([program, "-db", "-f", str(settings)], log=folder / "haproxy.log")

    def start(self) -> None:
        """Start it and return when it listens."""
        self.launch(self._listens)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def settle(example: str, places: Mapping[str, str]) -> str:
    """The text of an example, with the places of this machine in it; each must be there to be replaced."""
    text = (EXAMPLES / example).read_text()
    for before, after in places.items():
        assert before in text, f"{example} does not say {before}"
        text = text.replace(before, after)
    return text


def write_program(path: Path, text: str) -> None:
    """Write a script that can be run."""
    path.write_text(text)
    os.chmod(path, 0o755)
