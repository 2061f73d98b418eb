"""WebSocket frames as a client sees them (RFC 6455): cheap, because one process reads for ten thousand."""

from __future__ import annotations

import base64
import hashlib
import secrets

TEXT, CLOSE, PING = 0x1, 0x8, 0x9
_PONG = 0xA
# Every connection may use the same key, and what the server must answer to it is known beforehand.
KEY = base64.b64encode(secrets.token_bytes(16)).decode()
ACCEPT = base64.b64encode(
    hashlib.sha1(f"{KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode(), usedforsecurity=False).digest()
)
# A mask hides nothing; it protects careless proxies from pages, and there are neither here. A key of zeros
# is a valid one, and leaves the payload as it is.
_MASK = bytes(4)


def text_frame(payload: bytes) -> bytes:
    """Encode one text message."""
    return _frame(TEXT, payload)


def pong_frame(payload: bytes) -> bytes:
    """Encode the answer to a ping."""
    return _frame(_PONG, payload)


def close_frame() -> bytes:
    """Encode a goodbye: 1001, going away, as a closed tab says it."""
    return _frame(CLOSE, (1001).to_bytes(2, "big"))


def behind_handshake(data: bytes) -> bytes | None:
    """What follows the answer to the handshake; None while that is not whole.

    :raises ValueError: the answer is no upgrade.
    """
    head, end, behind = data.partition(b"\r\n\r\n")
    if not end:
        return None
    if not head.startswith(b"HTTP/1.1 101") or ACCEPT not in head:
        raise ValueError("the server does not upgrade")
    return behind


def split(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """Take bytes apart into whole frames, as opcode and payload, and what is left of a frame that goes on.

    Servers do not mask. A message in several fragments is not put together: Claps sends none.
    """
    frames: list[tuple[int, bytes]] = []
    at, size = 0, len(data)
    while size - at >= 2:
        length, body = data[at + 1] & 0x7F, at + 2
        if length >= 126:
            body += 2 if length == 126 else 8
            if size < body:
                break
            length = int.from_bytes(data[at + 2 : body], "big")
        if size < body + length:
            break
        frames.append((data[at] & 0x0F, data[body : body + length]))
        at = body + length
    return frames, data[at:]


def _frame(opcode: int, payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        head = bytes((0x80 | opcode, 0x80 | size))
    else:
        head = bytes((0x80 | opcode, 0xFE)) + size.to_bytes(2, "big")
    return head + _MASK + payload
