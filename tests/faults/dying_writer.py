"""A program that gives a key of a table a value, and dies when that is committed and nobody was told.

``python -m tests.faults.dying_writer TABLE KEY``, with a site's settings in the environment.
"""

from __future__ import annotations

import os
import signal
import sys

from claps.acts.entries import put_entry
from claps.acts.errands import Errands
from claps.acts.tables import Tables
from claps.app import build_core
from claps.plain.people import GUEST_ID_LEAST, Reader
from claps.settings import read_settings


def die(channel: str, message: str) -> None:
    """Be killed instead of telling anybody."""
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Write, and not get any further."""
    _, name, key = sys.argv
    core = build_core(read_settings(os.environ))
    kit = Tables(core.database, die, Errands(core.database, {}))
    put_entry(kit, Reader(GUEST_ID_LEAST), name, key, "untold")


if __name__ == "__main__":
    main()
