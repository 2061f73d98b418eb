"""How a program is spoken to: addresses, the frame of a clap, and what a long-poller sends."""

from __future__ import annotations

import json
from dataclasses import dataclass

CLAP = '{"clap":1,"topic":"post:1","id":"x1"}'
WAIT_SECONDS = 60
NEEDLE = '"claps":'


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs between the protocols on a WebSocket.

    :param socket_path: up to where ``topic=…`` begins.
    :param wait_for: what a connection waits for until it counts as open; see ``c/crowd.c``.
    :param clap: a message with one clap, to be acknowledged.
    :param head: further lines of the handshake.
    """

    socket_path: str
    wait_for: str
    clap: bytes
    head: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """What a long-poller sends; see ``c/pollers.c``.

    :param loop: the number of the request that is sent again and again.
    :param marks: what stands in answers before the values that requests repeat.
    """

    requests: tuple[bytes, ...]
    loop: int
    marks: tuple[str, ...]


CLAPS = Dialect("/live?", "head", CLAP.encode(), "Sec-WebSocket-Protocol: claps.json.v1\r\n")
PLAIN = Dialect("/live?", "head", CLAP.encode())
SOCKET_IO = Dialect("/socket.io/?EIO=4&transport=websocket&", "socket.io", f'420["clap",{CLAP}]'.encode())


def upgrade_request(dialect: Dialect, topic: str, port: int) -> bytes:
    """The opening handshake of one who watches a topic.

    Compression is not offered, because flask-sock could not refuse it.
    """
    return (
        f"GET {dialect.socket_path}topic={topic} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Upgrade: websocket\r\nConnection: Upgrade\r\nOrigin: http://127.0.0.1:{port}\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
        f"{dialect.head}\r\n"
    ).encode()


def told_text(claps: int) -> str:
    """An update as Claps sends it to programs, for those who spread whatever they are given."""
    state = {"claps": claps, "people": 1, "likes": 3, "views": 91, "comments": 4, "readers": 10_000}
    told = {"topic": "post:1", "version": "1m2n3p4q.41", "state": state}
    return json.dumps(told, separators=(",", ":"))


def poll_script(name: str, port: int) -> Script:
    """What a long-poller of the first post sends to one of the programs."""
    if name == "Claps":
        path = f"/live?topic=post:1&wait={WAIT_SECONDS}&since="
        head = "Accept: application/json\r\n"
        return Script((_get(path, port, head), _get(f"{path}\x01", port, head)), 1, ('etag: "',))
    if name == "Nchan":
        seen = "If-Modified-Since: \x01\r\nIf-None-Match: \x02\r\n"
        return Script((_get("/poll", port), _get("/poll", port, seen)), 1, ("last-modified: ", "\netag: "))
    path = "/socket.io/?EIO=4&transport=polling&topic=post:1"
    known = f"{path}&sid=\x01"
    again = _get(known, port)
    requests = (_get(path, port), _post(known, port, "40"), again, again, _post(known, port, "3"))
    return Script(requests, 3, ('!"sid":"',))


def _get(path: str, port: int, head: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{head}\r\n".encode()


def _post(path: str, port: int, body: str) -> bytes:
    head = f"Content-Type: text/plain;charset=UTF-8\r\nContent-Length: {len(body)}\r\n"
    return f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{head}\r\n{body}".encode()
