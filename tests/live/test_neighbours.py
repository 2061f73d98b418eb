"""The workers of one node ask each other."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import gevent
import pytest

from claps.live.neighbours import Neighbours

Tell = Callable[[], dict[str, Any]]
MakeNeighbours = Callable[[Tell], Neighbours]


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeNeighbours]:
    """Make workers of one node; who does not answer is waited for a twentieth of a second."""
    monkeypatch.setattr("claps.live.neighbours.ANSWER_SECONDS", 0.05)
    node, made = secrets.token_hex(8), list[Neighbours]()

    def make(tell: Tell) -> Neighbours:
        made.append(Neighbours(node, tell))
        made[-1].start()
        return made[-1]

    yield make
    for one in made:
        one.stop()


def test_each_is_told_by_all(make: MakeNeighbours) -> None:
    first, second = make(lambda: {"n": 1}), make(lambda: {"n": 2})

    assert first.ask() == second.ask() == ({1: {"n": 1}, 2: {"n": 2}}, 0)


def test_the_number_of_one_who_left_is_taken_by_the_next(make: MakeNeighbours) -> None:
    first, second = make(dict), make(dict)
    first.stop()

    third = make(lambda: {"n": 3})

    assert (second.slot, third.slot) == (2, 1)
    assert second.ask() == ({1: {"n": 3}, 2: {}}, 0)


def test_one_who_does_not_answer_is_counted_and_not_waited_for(make: MakeNeighbours) -> None:
    first = make(lambda: {"n": 1})
    make(lambda: gevent.sleep(60) or {})

    assert first.ask() == ({1: {"n": 1}}, 1)


def test_one_who_stumbles_is_counted(make: MakeNeighbours, caplog: pytest.LogCaptureFixture) -> None:
    first = make(lambda: {"n": 1})
    make(lambda: {"n": 1 // 0})

    assert first.ask() == ({1: {"n": 1}}, 1)
    assert "modulo by zero" in caplog.text


def test_workers_of_another_node_are_not_asked(make: MakeNeighbours) -> None:
    first = make(lambda: {"n": 1})
    stranger = Neighbours("another", dict)
    stranger.start()

    assert first.ask() == ({1: {"n": 1}}, 0)
    stranger.stop()
