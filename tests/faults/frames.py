"""WebSocket frames as a client sends them (RFC 6455, section 5.2), right and wrong."""

from __future__ import annotations

import struct

CONTINUATION, TEXT, BINARY, CLOSE, PING = 0x0, 0x1, 0x2, 0x8, 0x9
FINAL = 0x80
RESERVED = 0x40
MASK = b"\x11\x22\x33\x44"


def frame(opcode: int, payload: bytes, *, final: bool = True, reserved: int = 0, mask: bytes = MASK) -> bytes:
    """Encode one frame; with an empty ``mask`` it is not masked, which only a server may do."""
    first = (FINAL if final else 0) | reserved | opcode
    size = len(payload)
    masked = FINAL if mask else 0
    if size < 126:
        head = bytes([first, masked | size])
    elif size < 1 << 16:
        head = struct.pack("!BBH", first, masked | 126, size)
    else:
        head = struct.pack("!BBQ", first, masked | 127, size)
    return head + mask + bytes(octet ^ mask[at % 4] if mask else octet for at, octet in enumerate(payload))
