"""A small WebSocket reader on a plain socket, for frames good and bad."""

from __future__ import annotations

import json
import socket
import ssl
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from wsproto import ConnectionType, WSConnection
from wsproto.connection import ConnectionState
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Ping,
    RejectConnection,
    RejectData,
    Request,
    TextMessage,
)

JSON_PROTOCOL = "claps.json.v1"


class Rejected(Exception):
    """The server answered the handshake with something else than 101."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        super().__init__(f"{status}: {body.decode(errors='replace')[:200]}")
        self.status = status
        self.headers = headers
        self.body = body


class Closed(Exception):
    """The server closed; ``code`` is 1006 when it did so without saying why."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason


class WebSocketClient:
    """One WebSocket, connected by being made; use it in a ``with``.

    :param path: ``/live?topic=post:12``.
    :param protocol: ``JSON_PROTOCOL`` for a program; None for a page, which gets HTML.
    :param receive_bytes: the kernel's receive buffer; a small one makes a slow reader.
    :param authority: it speaks TLS, and trusts this certificate.
    :raises Rejected: the handshake was refused.
    """

    def __init__(
        self,
        port: int,
        path: str,
        *,
        protocol: str | None = None,
        headers: Mapping[str, str] | None = None,
        receive_bytes: int | None = None,
        authority: Path | None = None,
        seconds: float = 30,
    ) -> None:
        self.pings = 0
        self.protocol: str | None = None
        self._messages: deque[str | bytes] = deque()
        self._parts: list[str | bytes] = []
        self._rejection: RejectConnection | None = None
        self._rejection_body = b""
        self._is_open = False
        self._closed: Closed | None = None
        self._wire = WSConnection(ConnectionType.CLIENT)
        self.socket = _connect(port, receive_bytes, seconds)
        if authority is not None:
            context = ssl.create_default_context(cafile=str(authority))
            self.socket = context.wrap_socket(self.socket, server_hostname="127.0.0.1")
        try:
            self._shake_hands(f"127.0.0.1:{port}", path, protocol, headers or {}, seconds)
        except BaseException:
            self.socket.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def receive(self, *, seconds: float = 30) -> str | bytes:
        """Return the next whole message.

        :raises Closed: there is none, because the server closed.
        :raises TimeoutError: nothing came.
        """
        self._read_while(lambda: not self._messages, seconds)
        return self._messages.popleft()

    def receive_text(self, *, seconds: float = 30) -> str:
        """Return the next message, which must be text."""
        message = self.receive(seconds=seconds)
        assert isinstance(message, str), f"expected text, got {message!r}"
        return message

    def receive_json(self, *, seconds: float = 30) -> Any:
        """Return the next message, which must be JSON."""
        return json.loads(self.receive_text(seconds=seconds))

    def receive_until(self, mark: str, *, seconds: float = 30) -> str:
        """Pass over messages until one contains ``mark``, and return it."""
        deadline = time.monotonic() + seconds
        while True:
            text = self.receive_text(seconds=max(deadline - time.monotonic(), 0.001))
            if mark in text:
                return text

    def wait_for_pings(self, count: int, *, seconds: float = 60) -> None:
        """Return when ``count`` pings have come since it connected; each was answered."""
        self._read_while(lambda: self.pings < count, seconds)

    def wait_for_close(self, *, seconds: float = 30) -> Closed:
        """Pass over messages until the server closes; return how it did."""
        try:
            self._read_while(lambda: True, seconds)
        except Closed as closed:
            return closed
        raise AssertionError("unreachable")

    def send_text(self, text: str) -> None:
        """Send one text message."""
        self.socket.sendall(self._wire.send(TextMessage(text)))

    def send_json(self, data: object) -> None:
        """Send one message as JSON."""
        self.send_text(json.dumps(data))

    def send_raw(self, octets: bytes) -> None:
        """Send octets as they are: a frame that is wrong, or half of one."""
        self.socket.sendall(octets)

    def close(self, code: int = 1000, *, seconds: float = 30) -> Closed:
        """Say goodbye and return what the server answered."""
        self.socket.sendall(self._wire.send(CloseConnection(code)))
        return self.wait_for_close(seconds=seconds)

    def _shake_hands(
        self, host: str, path: str, protocol: str | None, headers: Mapping[str, str], seconds: float
    ) -> None:
        extra = [(name.encode(), value.encode()) for name, value in headers.items()]
        request = Request(host, path, subprotocols=[protocol] if protocol else [], extra_headers=extra)
        self.socket.sendall(self._wire.send(request))
        self._read_while(lambda: not self._is_open, seconds)

    def _read_while(self, is_missing: Any, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while is_missing():
            if self._closed:
                raise self._closed
            # A deadline for the whole, not for each read: a server that drips would never time out.
            self.socket.settimeout(max(deadline - time.monotonic(), 0.001))
            self._feed(self._read_some())

    def _read_some(self) -> bytes | None:
        try:
            return self.socket.recv(65536) or None
        except ConnectionResetError:
            return None

    def _feed(self, octets: bytes | None) -> None:
        if octets is None:
            self._closed = self._closed or Closed(1006)
            return
        self._wire.receive_data(octets)
        for event in self._wire.events():
            self._take(event)

    def _take(self, event: object) -> None:
        match event:
            case TextMessage() | BytesMessage():
                self._take_message(event)
            case Ping():
                self.pings += 1
                # One that came before the other end knew that we close wants no answer.
                if self._wire.state is ConnectionState.OPEN:
                    self.socket.sendall(self._wire.send(event.response()))
            case CloseConnection():
                self._closed = Closed(int(event.code), event.reason or "")
            case AcceptConnection():
                self._is_open = True
                self.protocol = event.subprotocol
            case RejectConnection():
                self._rejection = event
                self._finish_rejection(not event.has_body)
            case RejectData():
                self._rejection_body += event.data
                self._finish_rejection(event.body_finished)

    def _take_message(self, event: TextMessage | BytesMessage) -> None:
        self._parts.append(event.data if isinstance(event.data, str) else bytes(event.data))
        if event.message_finished:
            empty: Any = self._parts[0][:0]
            self._messages.append(empty.join(self._parts))
            self._parts.clear()

    def _finish_rejection(self, is_whole: bool) -> None:
        if is_whole and self._rejection is not None:
            headers = {name.decode().lower(): value.decode() for name, value in self._rejection.headers}
            raise Rejected(self._rejection.status_code, headers, self._rejection_body)


def _connect(port: int, receive_bytes: int | None, seconds: float) -> socket.socket:
    sock = socket.socket()
    if receive_bytes is not None:
        # Before connecting: the window is agreed on in the first packets.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    sock.settimeout(seconds)
    try:
        sock.connect(("127.0.0.1", port))
    except BaseException:
        sock.close()
        raise
    return sock
