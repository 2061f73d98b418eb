"""Faults in a row where Redis is a cluster and SQL is three by Galera: the laws hold after each."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.short import of_the_parts, suffer


@pytest.mark.timeout(600)
def test_the_laws_hold_after_every_fault_of_a_member(parts_folder: Path) -> None:
    suffer(parts_folder / "chaos-groups", "cluster", "galera", faults=4, among=of_the_parts)
