"""Where tests write."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.parts import room


def test_memory_is_taken_where_there_is_plenty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "FREE_BYTES_LEAST", 1)

    assert room.choose_room({}, tmp_path) == tmp_path


def test_what_somebody_has_chosen_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "FREE_BYTES_LEAST", 1)

    assert room.choose_room({"TMPDIR": "/var/tmp"}, tmp_path) is None


def test_little_or_no_memory_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "FREE_BYTES_LEAST", 1 << 60)

    assert room.choose_room({}, tmp_path) is None
    assert room.choose_room({}, tmp_path / "none") is None
