"""WebSocket frames (RFC 6455): one frame for everybody going out, wsproto's parser only while bytes come in."""

from __future__ import annotations

from wsproto.frame_protocol import CloseReason, FrameProtocol, Opcode, ParseFailed

from claps.plain.limits import MESSAGE_BYTES
from claps.plain.patience import IDLE_FRAMES

_SERVER = FrameProtocol(client=False, extensions=[])
PING_FRAME = bytes(_SERVER.ping())
_TEXT = 0x81  # whole, and text
# How the answer to it begins and how long it is; behind that comes a mask of four bytes.
_PONG_HEAD = b"\x8a\x80"
_PONG_BYTES = 6
POLICY_VIOLATION = 1008


class BadFrame(Exception):
    """The peer broke the protocol or a bound; the connection must be closed with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def text_frame(text: str) -> bytes:
    """Encode one text message as one unmasked frame (RFC 6455, section 5.2).

    Not by wsproto, which takes 13 µs for it, a third of a heartbeat.
    """
    data = text.encode()
    size = len(data)
    if size < 126:
        return bytes((_TEXT, size)) + data
    if size < 1 << 16:
        return bytes((_TEXT, 126)) + size.to_bytes(2, "big") + data
    return bytes((_TEXT, 127)) + size.to_bytes(8, "big") + data


def close_frame(code: int, reason: str = "") -> bytes:
    """Encode a close frame; the reason is cut at 123 bytes."""
    return bytes(_SERVER.close(code, reason))


def pong_frame(payload: bytes) -> bytes:
    """Encode the answer to a ping."""
    return bytes(_SERVER.pong(payload))


def is_pong(data: bytes) -> bool:
    """True for one whole answer to :data:`PING_FRAME` and nothing else: most of what parked readers ever send."""
    return len(data) == _PONG_BYTES and data.startswith(_PONG_HEAD)


class MessageReader(FrameProtocol):
    """Parses what one peer sends; whenever nothing is half-read it is free for another's."""

    def __init__(self) -> None:
        super().__init__(client=False, extensions=[])
        self._parts: list[str] = []
        self._bytes = 0
        self._is_over = False

    @property
    def is_idle(self) -> bool:
        """True when no frame and no message is half-read, and none was the last."""
        decoder = self._frame_decoder
        in_message = self._message_decoder.opcode is not None
        return decoder.header is None and not len(decoder.buffer) and not in_message and not self._is_over

    def read(self, data: bytes) -> list[tuple[str, str | bytes | int]]:
        """Take bytes; return what they complete: ``("text", …)``, ``("ping", …)``, ``("close", code)``.

        :raises BadFrame: protocol error, text that is no UTF-8, a binary message, more than 16 KiB, or hundreds of
            frames at once that say nothing.
        """
        self.receive_bytes(data)
        found: list[tuple[str, str | bytes | int]] = []
        idle = 0
        try:
            for frame in self.received_frames():
                idle += frame.opcode is not Opcode.TEXT or not frame.message_finished
                if idle > IDLE_FRAMES:
                    raise BadFrame(POLICY_VIOLATION, "too many frames that say nothing")
                if frame.opcode is Opcode.PING:
                    found.append(("ping", bytes(frame.payload)))  # type: ignore[arg-type]
                elif frame.opcode is Opcode.CLOSE:
                    self._is_over = True
                    found.append(("close", int(frame.payload[0])))
                elif frame.opcode is Opcode.TEXT:
                    self._add_text(str(frame.payload))
                    if frame.message_finished:
                        found.append(("text", "".join(self._parts)))
                        self._parts, self._bytes = [], 0
                elif frame.opcode is Opcode.BINARY:
                    raise BadFrame(CloseReason.UNSUPPORTED_DATA, "text messages only, please")
        except ParseFailed as error:
            raise BadFrame(int(error.code), str(error)) from error
        header = self._frame_decoder.header
        if header is not None and header.payload_len > MESSAGE_BYTES:
            raise BadFrame(CloseReason.MESSAGE_TOO_BIG, "at most 16 KiB a message")
        return found

    def _add_text(self, text: str) -> None:
        self._parts.append(text)
        self._bytes += len(text.encode())
        if self._bytes > MESSAGE_BYTES:
            raise BadFrame(CloseReason.MESSAGE_TOO_BIG, "at most 16 KiB a message")
