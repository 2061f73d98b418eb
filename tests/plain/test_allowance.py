"""One request waits for SQL so long in all, and no longer."""

from __future__ import annotations

import time

import pytest

from claps.plain.allowance import Allowance
from claps.plain.errors import TooSlow
from claps.plain.failing import SQL, is_failing
from claps.plain.patience import SQL_REQUEST_SECONDS


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, which passes when a test says so."""
    now = [1e9]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_waits_add_up_and_what_is_done_between_them_does_not(clock: list[float]) -> None:
    allowance = Allowance()

    for _ in range(2):
        with allowance:
            clock[0] += SQL_REQUEST_SECONDS * 0.4
        clock[0] += SQL_REQUEST_SECONDS

    assert allowance.left_seconds == pytest.approx(SQL_REQUEST_SECONDS * 0.2)


def test_when_nothing_is_left_nobody_asks_and_readers_are_told(clock: list[float]) -> None:
    allowance = Allowance()
    with pytest.raises(ZeroDivisionError), allowance:
        clock[0] += SQL_REQUEST_SECONDS
        raise ZeroDivisionError

    with pytest.raises(TooSlow, match="The database is too slow"), allowance:
        raise AssertionError("it asked")

    assert is_failing(SQL)
