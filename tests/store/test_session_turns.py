"""Turns of sessions, in SQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from claps.store import session_turns

pytestmark = pytest.mark.usefixtures("transaction")
BEN, CYD = 2, 3


def test_turns_go_on_are_found_by_time_and_forgotten() -> None:
    assert session_turns.turn_of(BEN) == 0
    assert [session_turns.begin_turn(person_id) for person_id in (BEN, CYD, BEN)] == [1, 1, 2]
    now = datetime.now(UTC)

    assert sorted(session_turns.turns_since(now - timedelta(minutes=1))) == [(BEN, 2), (CYD, 1)]
    assert session_turns.turns_since(now + timedelta(minutes=1)) == []
    assert [session_turns.drop_turn(BEN) for _ in range(2)] == [1, 0]
    assert (session_turns.turn_of(BEN), session_turns.turn_of(CYD)) == (0, 1)
