"""Long work gives way by the clock."""

from __future__ import annotations

import time

import gevent
import gevent.socket
import pytest

from claps.live.breath import Turn, breathe


def test_who_breathes_lets_a_socket_be_read_first() -> None:
    ours, theirs = gevent.socket.socketpair()
    with ours, theirs:
        reading = gevent.spawn(ours.recv, 9)
        gevent.sleep(0)  # it waits
        theirs.sendall(b"hello")

        breathe()
        breathe()

        assert reading.ready() and reading.value == b"hello"


@pytest.mark.parametrize(("seconds", "gave_way"), [(60.0, False), (0.0, True)])
def test_a_turn_gives_way_when_it_is_over_and_not_before(
    monkeypatch: pytest.MonkeyPatch, seconds: float, gave_way: bool
) -> None:
    monkeypatch.setattr("claps.live.breath.TURN_SECONDS", seconds)
    turn, others = Turn(), gevent.spawn(lambda: None)

    turn.breathe_if_over()

    assert (turn.is_over, others.ready()) == (gave_way, gave_way)
    others.join()


def test_what_others_do_meanwhile_is_not_this_works_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claps.live.breath.TURN_SECONDS", 0.0)

    def work() -> float:
        began = time.monotonic()
        sum(range(3_000_000))
        return time.monotonic() - began

    turn, others = Turn(), gevent.spawn(work)

    turn.breathe_if_over()

    assert turn.worked_seconds < others.get()
