"""Faults in a row where a Sentinel or a person puts a copy in the place of what is lost: the laws hold after each."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.short import of_the_parts, suffer


@pytest.mark.timeout(600)
def test_the_laws_hold_after_every_fault_of_a_part_or_its_copy(parts_folder: Path) -> None:
    suffer(parts_folder / "chaos-copies", "sentinels", "replica", faults=8, among=of_the_parts)
