"""A proxy between a browser and the server that fails in every way that proxies and networks do."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

from tests.parts.processes import find_free_port

HEAD_BYTES = 64 * 1024
GATEWAY_PAGE = b"<!doctype html><title>502</title><h1>502 Bad Gateway</h1><p id=claps-1>nginx</p>"
REFUSAL = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
BAD_GATEWAY = (
    b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(GATEWAY_PAGE), GATEWAY_PAGE)
)
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"


class TcpProxy:
    """Passes bytes on, one request's answer after the other, until it is told to do worse.

    :ivar refuses_sockets: answer 403 to every upgrade, as some companies' proxies do.
    :ivar answers_502: answer every new request with a page of its own.
    :ivar pages: what it serves itself, by path, as proxies do with files.
    :ivar upgrades: WebSockets that were asked for; ``open_upgrades`` are still there.
    :ivar polls: long-polls that were asked for.
    """

    def __init__(self, target_port: int) -> None:
        self.port = find_free_port()
        self.refuses_sockets = False
        self.answers_502 = False
        self.pages: dict[bytes, bytes] = {}
        self.upgrades = 0
        self.open_upgrades = 0
        self.polls = 0
        self._target_port = target_port
        self._flowing = threading.Event()
        self._flowing.set()
        self._sockets: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._begin(self._accept)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Break every connection that there is; new ones pass."""
        for sock in list(self._sockets):
            _shut(sock)

    def freeze_sockets(self) -> None:
        """Let no byte of the WebSockets that are open now pass any more, and close nothing."""
        self._flowing.clear()
        self._flowing = threading.Event()
        self._flowing.set()

    def close(self) -> None:
        """Break everything and end."""
        _shut(self._listener)
        self.cut()
        for thread in self._threads:
            thread.join(5)
        self._listener.close()

    def _begin(self, work: object, *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                self._begin(self._serve, sock)

    def _serve(self, browser: socket.socket) -> None:
        # One request a connection, so that what it is decides what becomes of it.
        with browser, contextlib.suppress(OSError):
            self._sockets.add(browser)
            head = _read_head(browser)
            is_upgrade = b"\r\nupgrade: websocket" in head.lower()
            self.upgrades += is_upgrade
            self.polls += head.startswith(b"GET /live?") and not is_upgrade
            if self.answers_502 or is_upgrade and self.refuses_sockets:
                browser.sendall(BAD_GATEWAY if self.answers_502 else REFUSAL)
            elif (path := head[4:].partition(b"?")[0]) in self.pages:
                browser.sendall(PAGE % (len(self.pages[path]), self.pages[path]))
            elif head:
                self._pass_on(browser, head, is_upgrade)
        self._sockets.discard(browser)

    def _pass_on(self, browser: socket.socket, head: bytes, is_upgrade: bool) -> None:
        if not is_upgrade:
            head = head.replace(b"Connection: keep-alive", b"Connection: close")
        flowing = self._flowing if is_upgrade else None
        with socket.create_connection(("127.0.0.1", self._target_port)) as server:
            self._sockets.add(server)
            self.open_upgrades += is_upgrade
            server.sendall(head)
            up = threading.Thread(target=_copy, args=(browser, server, flowing), daemon=True)
            up.start()
            _copy(server, browser, flowing)
            _shut(server)
            _shut(browser)
            up.join(5)
            self.open_upgrades -= is_upgrade
        self._sockets.discard(server)


def _read_head(sock: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head and len(head) < HEAD_BYTES:
        data = sock.recv(HEAD_BYTES)
        if not data:
            return b""
        head += data
    return head


def _copy(source: socket.socket, target: socket.socket, flowing: threading.Event | None) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(HEAD_BYTES):
            if flowing is None or flowing.is_set():
                target.sendall(data)


def _shut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def open_proxy(target_port: int) -> Iterator[TcpProxy]:
    """A proxy for a while."""
    proxy = TcpProxy(target_port)
    try:
        yield proxy
    finally:
        proxy.close()
