"""A private nginx in front of a site, with the settings that ``docs/running.md`` gives."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.parts.http_client import Client
from tests.parts.mariadb_server import SYSTEM_PATH
from tests.parts.processes import Child, find_free_port

DOCUMENT = Path(__file__).resolve().parent.parent.parent / "docs" / "running.md"
AROUND = """\
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log stderr;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream kept {{ server 127.0.0.1:{port}; keepalive 1; }}
{server}
}}
"""


def documented() -> str:
    """The settings of the documentation, as they stand there."""
    found = re.search(r"```nginx\n(map .*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert found, "docs/running.md has no settings for nginx any more"
    return found[1]


class NginxServer(Child):
    """nginx without TLS. Not started by being made: call :meth:`start`.

    It keeps its one connection to the site, so that whoever comes next is served over the same: what one leaves behind
    there would be the next one's.

    :param port: where the site listens.
    """

    def __init__(self, folder: Path, port: int) -> None:
        folder.mkdir(parents=True)
        self.port = find_free_port()
        program = shutil.which("nginx", path=SYSTEM_PATH)
        assert program, "nginx is not installed; `make test-setup` says how to get it"
        server = documented().replace("listen 443 ssl http2", f"listen 127.0.0.1:{self.port}")
        server = re.sub(r"    ssl_.*;\n", "", server).replace("http://claps", "http://kept")
        # The second one only sends people here.
        server = server[: server.rindex("server {")]
        settings = folder / "nginx.conf"
        settings.write_text(AROUND.format(folder=folder, port=port, server=server))
        super().__init__([program, "-p", str(folder), "-c", str(settings)], log=folder / "nginx.log")

    def start(self) -> None:
        """Start it and return when it answers."""
        self.launch(lambda: Client(self.port).get("/healthz", seconds=2).status == 200)
