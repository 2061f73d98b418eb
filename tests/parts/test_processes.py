"""What tests start is waited for, and found when it is left behind."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.parts import processes
from tests.parts.processes import Child, eventually

FOREVER = ["sh", "-c", "sleep 60 & sleep 60"]


def test_a_check_that_never_passes_says_so() -> None:
    with pytest.raises(AssertionError, match="not within 0.05 s"):
        eventually(lambda: False, seconds=0.05)


def test_a_child_that_ends_at_once_shows_its_log(tmp_path: Path) -> None:
    child = Child(["sh", "-c", "echo no such port; exit 3"], log=tmp_path / "log")

    with pytest.raises(AssertionError, match="ended with 3\nno such port"):
        child.launch(lambda: False)


def test_killing_takes_the_grandchildren_along(tmp_path: Path) -> None:
    child = Child(FOREVER, log=tmp_path / "log")
    child.launch(lambda: len(processes.list_family(child.pid)) == 3)
    family = processes.list_family(child.pid)

    child.kill()

    assert not [process for process in family if process.is_running()]


def test_a_child_and_an_orphan_left_behind_are_found() -> None:
    before = processes.list_children()
    orphan = subprocess.run(["sh", "-c", "sleep 60 >/dev/null & echo $!"], stdout=subprocess.PIPE)

    left = processes.list_left_behind(before)
    processes.kill_all(left)

    assert [process.pid for process in left] == [int(orphan.stdout)]


def test_a_lasting_part_is_not_left_behind(tmp_path: Path) -> None:
    before = processes.list_children()
    child = Child(["sleep", "60"], log=tmp_path / "log", lasting=True)
    child.launch(lambda: True)

    left = processes.list_left_behind(before)
    child.kill()

    assert left == []
