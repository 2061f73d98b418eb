"""A zip while it is filled and while it is sent: on disk and not in memory, one at a time for each person."""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from claps.acts.images import path_of
from claps.acts.threads import in_thread
from claps.plain.errors import TooMany
from claps.plain.images import is_name
from claps.plain.limits import EXPORT_BLOCK_BYTES


class Parcel:
    """A zip that is ready to be sent. Whose it is gets no other one before it is closed."""

    def __init__(self, file: IO[bytes], turn: IO[bytes]) -> None:
        self._file = file
        self._turn = turn
        self.size_bytes = file.seek(0, 2)
        file.seek(0)

    def blocks(self) -> Iterator[bytes]:
        """Read it piece by piece; with the last one it is closed."""
        left = self.size_bytes
        while left and (block := in_thread(self._file.read, EXPORT_BLOCK_BYTES)):
            left -= len(block)
            if not left:
                # Before it is sent: who has the whole may ask for another one in the same moment.
                self.close()
            yield block

    def close(self) -> None:
        """Let go of it: its file has no name, and is gone with this."""
        self._file.close()
        self._turn.close()


def take_turn(folder: Path, person_id: int) -> IO[bytes]:
    """Let a person have one zip at a time; closing what is returned ends the turn.

    :raises TooMany: there is one.
    """
    # A lock of the system's: it holds between processes, and goes with the one who dies.
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = (folder / f"{person_id}.lock").open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise TooMany("Your last export is still on its way to you.", retry_after_seconds=30) from None
    return file


class Bundle:
    """The zip while it is filled; every call is made in a thread."""

    def __init__(self, out: IO[bytes], folder: Path, media: Path, root: str) -> None:
        self.root = root
        self._zip = ZipFile(out, "w", ZIP_DEFLATED)
        self._folder = folder
        self._media = media
        # A zip is written one file after the other: what belongs into lists waits beside it.
        self._lists: dict[str, IO[bytes]] = {}

    def add(self, name: str, text: str) -> None:
        """Add a text."""
        self._zip.writestr(name, text)

    def add_picture(self, name: str) -> None:
        """Add a picture's file, if it is there; it is as small as it gets already."""
        path = path_of(self._media, name)
        if is_name(name) and path.is_file():
            self._zip.write(path, f"pictures/{name}", ZIP_STORED)

    def append(self, name: str, text: str) -> None:
        """Add to a text that is finished at the end."""
        if name not in self._lists:
            self._lists[name] = TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed at the end
        self._lists[name].write(text.encode())

    def append_rows(self, name: str, rows: list[dict[str, Any]]) -> None:
        """Add to a list in JSON."""
        for row in rows:
            begin = "[\n" if name not in self._lists else ",\n"
            self.append(name, begin + json.dumps(row, ensure_ascii=False))

    def finish(self) -> None:
        """Write what has waited, and the zip's own list of what is in it."""
        for name, file in sorted(self._lists.items()):
            file.write(b"\n]\n" if name.endswith(".json") else b"")
            file.seek(0)
            with self._zip.open(name, "w", force_zip64=True) as entry:
                shutil.copyfileobj(file, entry, EXPORT_BLOCK_BYTES)
        self._zip.close()

    def let_go(self) -> None:
        """Close what has waited, whether it was written or not."""
        for file in self._lists.values():
            file.close()
