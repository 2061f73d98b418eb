"""A program with a clock of its own believes it, and measures as before."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.parts.own_clock import OwnClock

TELL = "import time; began = time.monotonic(); time.sleep(0.01); print(time.time(), time.monotonic() - began)"


def test_a_program_believes_a_clock_that_jumped(tmp_path: Path) -> None:
    clock = OwnClock(tmp_path)

    clock.jump(-3_600)

    environ = {**os.environ, **clock.environ}
    told = subprocess.run([sys.executable, "-c", TELL], env=environ, capture_output=True, text=True, check=True)
    at, slept = map(float, told.stdout.split())
    assert 3_000 < time.time() - at < 4_200
    assert 0.01 <= slept < 60
