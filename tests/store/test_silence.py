"""A database that hangs is noticed by the first who wait, not by everybody."""

from __future__ import annotations

import time

import pytest

from claps.plain.errors import NotFound, Unavailable
from claps.plain.limits import SQL_SILENT_SECONDS
from claps.store.silence import Silence


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, which passes when a test says so."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_a_question_that_hangs_stops_the_others(clock: list[float]) -> None:
    silence = Silence()

    with silence.asking():
        clock[0] += SQL_SILENT_SECONDS + 1

        with pytest.raises(Unavailable):
            silence.refuse()


def test_one_slow_question_among_quick_ones_stops_nobody(clock: list[float]) -> None:
    silence = Silence()

    with silence.asking():
        clock[0] += SQL_SILENT_SECONDS
        with silence.asking():
            pass
        clock[0] += SQL_SILENT_SECONDS

        silence.refuse()


def test_asking_goes_on_when_the_hanging_question_is_given_up(clock: list[float]) -> None:
    silence = Silence()

    with pytest.raises(Unavailable), silence.asking():
        clock[0] += SQL_SILENT_SECONDS + 1
        raise Unavailable("timed out")

    silence.refuse()


def test_that_there_is_nothing_is_an_answer(clock: list[float]) -> None:
    silence = Silence()

    with silence.asking():
        clock[0] += SQL_SILENT_SECONDS
        with pytest.raises(NotFound), silence.asking():
            raise NotFound("no such post")
        clock[0] += 1

        silence.refuse()
