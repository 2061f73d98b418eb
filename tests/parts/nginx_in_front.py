"""A private nginx in front of several sites, with the file that ``docs/running.md`` tells to copy."""

from __future__ import annotations

import signal
import ssl
from collections.abc import Iterable, Sequence
from pathlib import Path

import psutil

from tests.parts.certificates import Certificates
from tests.parts.http_client import Client
from tests.parts.mariadb_server import find
from tests.parts.processes import Child, eventually, find_free_port

DOCUMENTED = Path(__file__).resolve().parent.parent.parent / "docs" / "running"
MAIN = """\
daemon off;
pid {folder}/nginx.pid;
error_log stderr;
worker_processes 2;
events {{ worker_connections 1000; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/claps.conf;
    include {folder}/upstream.conf;
}}
"""


class NginxInFront(Child):
    """A load balancer at which TLS ends. Not started by being made: call :meth:`start`.

    :param ports: where the sites listen.
    """

    def __init__(self, folder: Path, ports: Sequence[int], certificates: Certificates) -> None:
        folder.mkdir(parents=True)
        self.port, self.plain_port = find_free_port(), find_free_port()
        self.authority = certificates.authority
        self._folder = folder
        self._ports = ports
        changes = {
            "listen 443 ": f"listen 127.0.0.1:{self.port} ", "listen 80;": f"listen 127.0.0.1:{self.plain_port};",
            "/etc/nginx/claps.pem": str(certificates.server), "/etc/nginx/claps.key": str(certificates.key),
        }
        (folder / "claps.conf").write_text(replace_all((DOCUMENTED / "nginx.conf").read_text(), changes))
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder))
        self._name_upstream(without=None)
        self.program = find("nginx")
        super().__init__([self.program, "-c", str(folder / "nginx.conf"), "-e", "stderr"], log=folder / "nginx.log")

    def start(self) -> None:
        """Start it and return when it answers."""
        self.launch(self._answers)

    def open_client(self) -> Client:
        """Return a new reader with no cookies."""
        return Client(self.port, authority=self.authority)

    def take_out(self, port: int | None) -> None:
        """Send nobody to one of the sites any more, or to all again; return when its old processes take nobody."""
        before = self._workers()
        self._name_upstream(without=port)
        psutil.Process(self.pid).send_signal(signal.SIGHUP)
        eventually(lambda: all(is_leaving(worker) for worker in before) and set(self._workers()) - set(before))

    def _workers(self) -> list[psutil.Process]:
        return psutil.Process(self.pid).children()

    def _name_upstream(self, *, without: int | None) -> None:
        text = (DOCUMENTED / "nginx-many.conf").read_text()
        for number, port in enumerate(self._ports, 11):
            down = " down" if port == without else ""
            text = replace_all(text, {f"10.0.0.{number}:8000": f"127.0.0.1:{port}{down}"})
        (self._folder / "upstream.conf").write_text(text)

    def _answers(self) -> bool:
        try:
            return self.open_client().get("/healthz", seconds=2).status in (200, 502)
        except ssl.SSLError:
            return False


def is_leaving(worker: psutil.Process) -> bool:
    """True when a process of nginx takes nobody any more."""
    try:
        return "shutting down" in " ".join(worker.cmdline()) or worker.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def replace_all(text: str, changes: dict[str, str] | Iterable[tuple[str, str]]) -> str:
    """Put other values into a documented file; each must be in it."""
    for old, new in dict(changes).items():
        assert old in text, f"{old!r} is not in the file"
        text = text.replace(old, new)
    return text
