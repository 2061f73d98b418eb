"""Who is let in when more come than can be served."""

from __future__ import annotations

from claps.plain.admission import Admission
from claps.plain.patience import LATE_CALM_SECONDS, LATE_PATIENCE_SECONDS, LATE_SECONDS, LATE_SECONDS_CROWDED

LATE = LATE_SECONDS + 0.1
IN_TIME = LATE_SECONDS / 2


def overrun(admission: Admission) -> float:
    """Let everybody be late until the first is turned away; return when that is."""
    now = 0.0
    while admission.admits(LATE, now):
        now += 0.1
    return now


def test_a_crowd_that_comes_at_once_is_served() -> None:
    admission = Admission()

    assert all(admission.admits(LATE, now) for now in (0.0, LATE_PATIENCE_SECONDS / 2))
    assert admission.admits(IN_TIME, LATE_PATIENCE_SECONDS * 0.9)
    assert admission.admits(LATE, LATE_PATIENCE_SECONDS * 1.5)


def test_when_all_are_late_for_a_second_the_late_are_turned_away() -> None:
    admission = Admission()

    now = overrun(admission)

    assert LATE_PATIENCE_SECONDS <= now < LATE_PATIENCE_SECONDS + 0.2
    assert admission.is_crowded(now)
    assert not admission.admits(LATE_SECONDS_CROWDED + 0.01, now)
    assert admission.admits(LATE_SECONDS_CROWDED, now)


def test_it_returns_to_normal_when_nobody_was_turned_away_for_a_while() -> None:
    admission = Admission()
    now = overrun(admission)
    assert admission.admits(0.0, now + LATE_CALM_SECONDS / 2)
    assert not admission.admits(LATE, now + LATE_CALM_SECONDS * 0.9)

    now += LATE_CALM_SECONDS * 2

    assert not admission.is_crowded(now)
    assert admission.admits(LATE, now)
