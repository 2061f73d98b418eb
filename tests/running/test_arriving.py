"""Who is waited for, and for how long."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import gevent
import pytest
from gunicorn.http.errors import LimitRequestHeaders, NoMoreData

from claps.plain.patience import HEAD_BYTES, LEFT_OVER_BYTES
from claps.running import arriving, listener
from claps.running.arriving import Arriving, Body
from claps.running.listener import HeldSocket

SOON = 0.05


@pytest.fixture
def peers() -> Iterator[tuple[HeldSocket, socket.socket]]:
    """Our end of a connection, and the other."""
    ours, theirs = socket.socketpair()
    held = HeldSocket(ours.detach(), b"")
    yield held, theirs
    held.close()
    theirs.close()


def wait_for(waits: Arriving, address: str, ended: list[str]) -> gevent.Greenlet[..., None]:
    """Wait for somebody who sends nothing."""

    def wait() -> None:
        with waits.wait(60, address=address):
            gevent.sleep(60)
        ended.append(address)

    greenlet = gevent.spawn(wait)
    gevent.sleep(0)
    return greenlet


def test_above_the_number_the_oldest_go_of_who_has_most() -> None:
    waits, ended = Arriving(10), list[str]()
    greenlets = [wait_for(waits, address, ended) for address in ("a", *["b"] * 9)]

    greenlets.append(wait_for(waits, "c", ended))
    gevent.joinall(greenlets[1:2], timeout=5)

    assert (ended, waits.sent_away) == (["b"], 1)
    assert greenlets[1].dead and not greenlets[0].dead and not greenlets[-1].dead
    waits.end_all()
    assert len(gevent.joinall(greenlets, timeout=5)) == len(greenlets)


def test_who_has_just_come_is_not_the_one_who_goes() -> None:
    waits, ended = Arriving(1), list[str]()
    first, second = (wait_for(waits, "a", ended) for _ in range(2))
    gevent.joinall([first], timeout=5)

    assert first.dead and not second.dead
    second.kill()


def test_a_wait_that_is_over_is_never_ended_again() -> None:
    waits = Arriving(1)
    with waits.wait(60, address="a") as wait:
        pass

    wait.end_soon()
    gevent.sleep(SOON)

    waits.end_all()
    gevent.sleep(SOON)


def test_a_body_that_comes_is_received_and_one_that_does_not_is_given_up(
    peers: tuple[HeldSocket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arriving, "BODY_SECONDS", SOON)
    held, theirs = peers
    held.begin_request(Body(Arriving(), ""))

    theirs.sendall(b"claps=5")

    assert held.recv(100) == b"claps=5"
    with pytest.raises(TimeoutError):
        held.recv(100)


def test_the_more_of_a_body_comes_the_longer_it_may_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "BODY_SECONDS", 0.0)
    body = Body(Arriving(), "")
    began = time.monotonic()
    body.receive(lambda: b"x" * arriving.BODY_BYTES_PER_SECOND)

    with pytest.raises(TimeoutError):
        body.receive(lambda: gevent.sleep(60) or b"")

    assert time.monotonic() - began > 0.5


def test_a_head_is_bounded_and_so_is_what_is_left_of_a_body(peers: tuple[HeldSocket, socket.socket]) -> None:
    held, theirs = peers
    for had_body, most, error in ((False, HEAD_BYTES, LimitRequestHeaders), (True, LEFT_OVER_BYTES, NoMoreData)):
        held.begin_request(None)
        held.end_request(had_body=had_body)
        received = 0
        with pytest.raises(error):
            while True:
                theirs.send(b"x" * 8_192)
                received += len(held.recv(8_192))
        assert received >= most - 8_192


def test_who_does_not_read_an_answer_is_given_up(
    peers: tuple[HeldSocket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "ANSWER_SECONDS", SOON)
    monkeypatch.setattr(listener, "ANSWER_BYTES_PER_SECOND", 1 << 40)
    held, _ = peers

    held.sendall(b"short")
    with pytest.raises(BrokenPipeError):
        held.sendall(b"x" * 10_000_000)
