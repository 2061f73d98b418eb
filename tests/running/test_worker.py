"""The worker ends when it is told to, whoever is connected."""

from __future__ import annotations

import socket
from collections.abc import Callable

from tests.parts.claps_server import ClapsServer

REQUEST = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def test_a_browser_that_keeps_its_connections_open_does_not_hold_up_the_end(
    make_server: Callable[..., ClapsServer],
) -> None:
    server = make_server()
    server.start()
    used, unused = (socket.create_connection(("127.0.0.1", server.port)) for _ in range(2))
    with used, unused:
        used.sendall(REQUEST)
        assert used.recv(4096).startswith(b"HTTP/1.1 200")

        assert server.stop(seconds=8) == 0
