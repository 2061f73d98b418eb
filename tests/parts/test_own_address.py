"""A program with an address of its own is seen to come from there."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

from tests.parts.own_address import OwnAddress
from tests.parts.own_clock import OwnClock
from tests.parts.preloaded import put_together

CONNECT = "import socket, sys; socket.create_connection(('127.0.0.1', int(sys.argv[1]))).close()"


def test_who_is_connected_to_sees_the_own_address(tmp_path: Path) -> None:
    own, clock = OwnAddress(tmp_path, "127.0.9.7"), OwnClock(tmp_path)

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)
        command = [sys.executable, "-c", CONNECT, str(server.getsockname()[1])]
        subprocess.run(command, env={**os.environ, **put_together(own.environ, clock.environ)}, check=True)
        connection, (address, _) = server.accept()
        connection.close()

    assert address == "127.0.9.7"
