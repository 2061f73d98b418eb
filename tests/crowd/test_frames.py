"""Frames as a client makes and reads them."""

from __future__ import annotations

import pytest
from wsproto.frame_protocol import FrameProtocol

from claps.crowd.frames import ACCEPT, PING, TEXT, behind_handshake, pong_frame, split, text_frame
from claps.live.framing import PING_FRAME
from claps.live.framing import text_frame as server_frame


@pytest.mark.parametrize("size", [0, 1, 125, 126, 5_000])
def test_a_server_reads_what_was_framed(size: int) -> None:
    server = FrameProtocol(client=False, extensions=[])

    server.receive_bytes(text_frame(b"x" * size) + pong_frame(b"p"))

    assert [bytes(str(frame.payload), "ascii") for frame in list(server.received_frames())[:1]] == [b"x" * size]


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_frames_of_every_length_are_taken_apart(size: int) -> None:
    data = server_frame("x" * size) + PING_FRAME

    frames, rest = split(data)

    assert frames == [(TEXT, b"x" * size), (PING, b"")]
    assert rest == b""


def test_a_frame_that_goes_on_is_left_over_wherever_it_is_cut() -> None:
    first, second = server_frame("one"), server_frame("two" * 100)
    data = first + second

    cuts = [split(data[:cut]) for cut in range(len(first), len(data))]

    assert all(frames == [(TEXT, b"one")] for frames, _ in cuts)
    assert all(split(rest + data[len(first) + len(rest) :])[0] == [(TEXT, b"two" * 100)] for _, rest in cuts)


def test_frames_begin_behind_a_whole_handshake() -> None:
    answer = b"HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: " + ACCEPT

    assert behind_handshake(answer + b"\r\n") is None
    assert behind_handshake(answer + b"\r\n\r\n" + PING_FRAME) == PING_FRAME


@pytest.mark.parametrize("answer", [b"HTTP/1.1 503 Busy\r\n\r\n", b"HTTP/1.1 101 A\r\nSec-WebSocket-Accept: x\r\n\r\n"])
def test_another_answer_is_no_handshake(answer: bytes) -> None:
    with pytest.raises(ValueError, match="does not upgrade"):
        behind_handshake(answer)
