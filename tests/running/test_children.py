"""Child processes that do not outlive us."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import psutil

from claps.running.children import start_child, stop_child
from tests.parts.processes import eventually

PARENT = """
import sys
from claps.running.children import start_child
print(start_child([sys.executable, "-c", "import signal; signal.pause()"]).pid, flush=True)
sys.stdin.read()
"""


def python(code: str) -> list[str]:
    """A program."""
    return [sys.executable, "-c", code]


def test_a_child_is_asked_to_end() -> None:
    child = start_child(python("import signal; signal.pause()"))

    stop_child(child, seconds=10)

    assert child.returncode == -signal.SIGTERM


def test_a_child_that_does_not_listen_is_made_to_end() -> None:
    deaf = "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); signal.pause()"
    child = subprocess.Popen(python(deaf), stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()

    stop_child(child, seconds=0.05)

    assert child.returncode == -signal.SIGKILL
    child.stdout.close()


def test_a_child_that_has_ended_is_left_alone() -> None:
    child = start_child(python("raise SystemExit(3)"))
    child.wait(10)

    stop_child(child, seconds=10)

    assert child.returncode == 3


def test_a_child_is_told_when_its_parent_is_killed() -> None:
    parent = subprocess.Popen(python(PARENT), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert parent.stdin is not None and parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))

    parent.kill()
    parent.wait(10)

    eventually(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
    parent.stdin.close()
    parent.stdout.close()


def test_ctrl_c_reaches_a_child_only_through_us() -> None:
    child = start_child(python("import signal; signal.pause()"))

    assert os.getsid(child.pid) == child.pid
    stop_child(child, seconds=10)
