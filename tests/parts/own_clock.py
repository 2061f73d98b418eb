"""A clock of its own for a program, which can jump (Linux, with a C compiler)."""

from __future__ import annotations

import os
import struct
from pathlib import Path

from tests.parts.preloaded import PRELOAD, make_library

SOURCE = Path(__file__).with_suffix(".c")


class OwnClock:
    """What a program takes for the time of day; how fast it passes is left as it is.

    :param folder: where the program learns how far its clock is off.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file, self._library = folder / "clock", folder / "clock.so"
        self._file.write_bytes(struct.pack("q", 0))
        make_library(SOURCE, self._library)

    @property
    def exists(self) -> bool:
        """Whether a program can be given such a clock here."""
        return self._library.exists()

    @property
    def environ(self) -> dict[str, str]:
        """What the program's environment must have; empty where there is no such clock."""
        return {PRELOAD: str(self._library), "OWN_CLOCK": str(self._file)} if self.exists else {}

    def jump(self, seconds: int) -> None:
        """Be so much ahead of the others, or behind."""
        file = os.open(self._file, os.O_WRONLY)
        os.pwrite(file, struct.pack("q", seconds), 0)
        os.close(file)
