"""Faults in a row with one Redis: what was acknowledged is there once, and every watcher ends in the true state."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.faults.everything import faults_of
from tests.chaos.short import suffer


@pytest.mark.timeout(600)
def test_the_laws_hold_after_every_fault(parts_folder: Path) -> None:
    suffer(parts_folder / "chaos-one-redis", "one", "one", faults=9, among=faults_of)
