"""WebSocket frames and their bounds (RFC 6455)."""

from __future__ import annotations

import pytest

from claps.live.framing import PING_FRAME, BadFrame, MessageReader, close_frame, is_pong, pong_frame, text_frame
from claps.plain.limits import MESSAGE_BYTES
from claps.plain.patience import IDLE_FRAMES
from tests.live.peers import masked

MASK = b"\x01\x02\x03\x04"


def frame(opcode: int, payload: bytes, *, final: bool = True) -> bytes:
    """A frame as a client sends it."""
    size = len(payload)
    if size < 126:
        length = bytes([0x80 | size])
    elif size < 1 << 16:
        length = bytes([0x80 | 126]) + size.to_bytes(2, "big")
    else:
        length = bytes([0x80 | 127]) + size.to_bytes(8, "big")
    masked_payload = bytes(octet ^ MASK[at % 4] for at, octet in enumerate(payload))
    return bytes([(0x80 if final else 0) | opcode]) + length + MASK + masked_payload


def test_what_goes_out_is_one_unmasked_frame() -> None:
    assert text_frame("é") == b"\x81\x02\xc3\xa9"
    assert text_frame("x" * 125)[:3] == b"\x81\x7dx"
    assert text_frame("x" * 126)[:5] == b"\x81\x7e\x00\x7ex"
    assert text_frame("x" * 65_535)[:5] == b"\x81\x7e\xff\xffx"
    assert text_frame("x" * 65_536)[:11] == b"\x81\x7f\0\0\0\0\0\1\0\0x"
    assert PING_FRAME == b"\x89\x00"
    assert pong_frame(b"hi") == b"\x8a\x02hi"
    assert close_frame(1012, "service restart") == b"\x88\x11\x03\xf4service restart"


def test_a_long_reason_is_cut_to_what_a_control_frame_may_have() -> None:
    closing = close_frame(1008, "é" * 200)

    assert closing[1] <= 125
    closing[4:].decode()


def test_texts_pings_and_closes_are_read() -> None:
    data = frame(1, "hé".encode()) + frame(9, b"there?") + frame(8, b"\x03\xe8bye")

    assert masked(data) == [("text", "hé"), ("ping", b"there?"), ("close", 1000)]


def test_a_close_without_a_code_is_one() -> None:
    assert masked(frame(8, b"")) == [("close", 1005)]


def test_a_message_may_come_in_fragments_with_a_ping_between() -> None:
    data = frame(1, b"one ", final=False) + frame(9, b"?") + frame(0, b"two ", final=False) + frame(0, b"three")

    assert masked(data) == [("ping", b"?"), ("text", "one two three")]


def test_bytes_may_come_one_by_one_and_half_a_message_is_not_idle() -> None:
    reader, found, idle = MessageReader(), [], []

    for octet in frame(1, "hé".encode()):
        found += reader.read(bytes([octet]))
        idle.append(reader.is_idle)

    assert found == [("text", "hé")]
    assert idle == [False] * (len(idle) - 1) + [True]


def test_a_reader_takes_no_more_after_a_close() -> None:
    reader = MessageReader()

    reader.read(frame(8, b"\x03\xe8"))

    assert not reader.is_idle


def test_only_one_whole_pong_without_a_word_is_taken_for_an_answer_to_a_ping() -> None:
    pong = frame(10, b"")
    others = (b"", pong[:5], pong * 2, frame(9, b""), frame(10, b"x"), frame(8, b""), b"\x8a\x00" + pong[2:])

    assert is_pong(pong) and not any(map(is_pong, others))


def test_between_fragments_a_reader_is_not_idle() -> None:
    reader = MessageReader()

    reader.read(frame(1, b"one ", final=False))

    assert not reader.is_idle


def test_sixteen_kib_are_taken_in_one_frame_or_many() -> None:
    half = b"x" * (MESSAGE_BYTES // 2)

    assert masked(frame(1, half * 2)) == [("text", "x" * MESSAGE_BYTES)]
    assert masked(frame(1, half, final=False) + frame(0, half)) == [("text", "x" * MESSAGE_BYTES)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (frame(1, b"x" * (MESSAGE_BYTES + 1)), 1009),
        (frame(1, b"x" * MESSAGE_BYTES, final=False) + frame(0, b"x"), 1009),
        (b"\x81\xff" + (1 << 40).to_bytes(8, "big") + MASK, 1009),
        (frame(2, b"binary"), 1003),
        (frame(1, b"\xff\xfe"), 1007),
        (b"\x81\x02hi", 1002),  # not masked
        (frame(3, b""), 1002),  # no such opcode
        (b"\xc1" + frame(1, b"hi")[1:], 1002),  # a bit that only an extension may set
        (frame(0, b"hi"), 1002),  # goes on with nothing
        (frame(1, b"hi", final=False) + frame(1, b"hi"), 1002),
        (frame(9, b"x" * 126), 1002),
        (frame(9, b"", final=False), 1002),
        (frame(8, b"\x00"), 1002),
        (frame(8, b"\x03\xed"), 1002),  # 1005 is never sent
    ],
)
def test_what_breaks_a_rule_closes_with_its_code(data: bytes, code: int) -> None:
    with pytest.raises(BadFrame) as error:
        masked(data)

    assert error.value.code == code


def test_bytes_and_not_characters_are_bounded() -> None:
    with pytest.raises(BadFrame):
        masked(frame(1, "字".encode() * (MESSAGE_BYTES // 2), final=False) + frame(0, b"x"))


@pytest.mark.parametrize("idle", [frame(9, b"x"), frame(10, b"")])
def test_hundreds_of_frames_that_say_nothing_are_a_flood(idle: bytes) -> None:
    with pytest.raises(BadFrame) as error:
        MessageReader().read(idle * (IDLE_FRAMES + 1))

    assert error.value.code == 1008


def test_many_messages_at_once_are_no_flood() -> None:
    assert len(MessageReader().read(frame(1, b"{}") * 5 * IDLE_FRAMES)) == 5 * IDLE_FRAMES
