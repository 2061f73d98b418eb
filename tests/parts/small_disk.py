"""A disk of its own for a part, so small that it can be filled: a tmpfs."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path

CHUNK_BYTES = 64 * 1024


class SmallDisk:
    """A folder that is a mount of its own between :meth:`mount` and :meth:`unmount`.

    :param size_mb: in megabytes.
    """

    def __init__(self, folder: Path, *, size_mb: int) -> None:
        self.folder = folder
        self._size_mb = size_mb
        self._ballast = folder / "ballast"

    @staticmethod
    def is_possible() -> bool:
        """Whether this user may mount something here."""
        return os.geteuid() == 0 and _run("unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt")

    def mount(self) -> None:
        """Put it in its place, empty; every user may pass through it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        options = f"size={self._size_mb}m,mode=755"
        assert _run("mount", "-t", "tmpfs", "-o", options, "claps-small-disk", str(self.folder))

    def unmount(self) -> None:
        """Take it away, with all that is on it."""
        _run("umount", "--lazy", str(self.folder))

    def fill(self) -> None:
        """Leave no byte on it."""
        with self._ballast.open("wb", buffering=0) as ballast:
            for size in (CHUNK_BYTES, 1):
                try:
                    while ballast.write(b"\0" * size):
                        pass
                except OSError as error:
                    assert error.errno == errno.ENOSPC, error

    def free(self) -> None:
        """Give the room back."""
        self._ballast.unlink(missing_ok=True)


def _run(*command: str) -> bool:
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False
