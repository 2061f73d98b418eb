"""Faults in a row where Redis is a cluster: what was acknowledged is there once, and watchers end in the true state."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.faults.everything import faults_of_redis
from tests.chaos.short import suffer


@pytest.mark.timeout(600)
def test_the_laws_hold_after_every_fault_of_a_shard(parts_folder: Path) -> None:
    suffer(parts_folder / "chaos-cluster", "cluster", "one", faults=3, among=faults_of_redis)
