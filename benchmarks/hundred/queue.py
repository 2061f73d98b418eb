"""The kernel's queue of those who knock, as long as `docs/running.md` says, while a benchmark runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from claps.checks.machine import SOMAXCONN

LENGTH = 65_535


@contextmanager
def long_queue() -> Iterator[int]:
    """Let so many wait to be accepted; yield how many it are, which stays as it was without the right to change it."""
    before = SOMAXCONN.read_text().strip()
    try:
        SOMAXCONN.write_text(str(max(LENGTH, int(before))))
    except OSError:
        pass
    try:
        yield int(SOMAXCONN.read_text())
    finally:
        if SOMAXCONN.read_text().strip() != before:
            SOMAXCONN.write_text(before)
