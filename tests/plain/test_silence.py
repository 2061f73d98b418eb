"""A part that hangs is noticed by the first who wait, not by everybody."""

from __future__ import annotations

import time

import pytest

from claps.plain.errors import NotFound, TooSlow, Unavailable
from claps.plain.silence import Silence

SECONDS = 2.0


@pytest.fixture
def silence() -> Silence:
    """Nothing was asked yet."""
    return Silence("The database", SECONDS)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, which passes when a test says so."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def give_up(silence: Silence, clock: list[float], *, after_seconds: float) -> None:
    """Ask, wait for some seconds, and get no answer."""
    with pytest.raises(Unavailable, match="timed out"), silence.asking():
        clock[0] += after_seconds
        raise Unavailable("timed out")


def test_a_question_that_hangs_stops_the_others(silence: Silence, clock: list[float]) -> None:
    with silence.asking():
        clock[0] += SECONDS + 1

        with pytest.raises(Unavailable, match="The database does not answer"):
            silence.refuse()


def test_one_slow_question_among_quick_ones_stops_nobody(silence: Silence, clock: list[float]) -> None:
    with silence.asking():
        clock[0] += SECONDS
        with silence.asking():
            pass
        clock[0] += SECONDS

        silence.refuse()


def test_after_a_question_was_given_up_one_goes_through_and_then_waits_the_next(
    silence: Silence, clock: list[float]
) -> None:
    give_up(silence, clock, after_seconds=SECONDS + 1)

    with pytest.raises(Unavailable):
        silence.refuse()
    clock[0] += SECONDS
    silence.refuse()
    with pytest.raises(Unavailable):
        silence.refuse()


def test_an_answer_ends_the_silence(silence: Silence, clock: list[float]) -> None:
    give_up(silence, clock, after_seconds=SECONDS + 1)
    clock[0] += SECONDS

    with silence.asking():
        pass

    silence.refuse()


def test_who_is_refused_at_once_may_be_asked_again_at_once(silence: Silence, clock: list[float]) -> None:
    give_up(silence, clock, after_seconds=0)

    silence.refuse()


def test_that_there_is_nothing_is_an_answer(silence: Silence, clock: list[float]) -> None:
    with silence.asking():
        clock[0] += SECONDS
        with pytest.raises(NotFound), silence.asking():
            raise NotFound("no such post")
        clock[0] += 1

        silence.refuse()


def test_many_slow_answers_to_one_request_stop_nobody_else(silence: Silence, clock: list[float]) -> None:
    with pytest.raises(TooSlow), silence.asking():
        clock[0] += SECONDS + 1
        raise TooSlow("The database is too slow right now.")

    silence.refuse()
