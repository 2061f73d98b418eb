"""Readers are told of a part that did not answer, for some seconds."""

from __future__ import annotations

import pytest

from claps.plain import failing
from claps.plain.failing import REDIS, SQL, is_failing, note_failure
from claps.plain.patience import FAILING_SECONDS


def test_a_part_is_failing_for_some_seconds_after_it_did_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000.0
    monkeypatch.setattr(failing, "_failed_at", {})
    monkeypatch.setattr(failing.time, "monotonic", lambda: now)
    note_failure(SQL)

    assert is_failing(SQL) and not is_failing(REDIS)
    now += FAILING_SECONDS
    assert not is_failing(SQL)
