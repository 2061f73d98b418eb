"""An address of its own on the loopback for a program that connects to others (Linux, with a C compiler)."""

from __future__ import annotations

from pathlib import Path

from tests.parts.preloaded import PRELOAD, make_library

SOURCE = Path(__file__).with_suffix(".c")


class OwnAddress:
    """Where a program comes from, so that a firewall can tell it from others of the same machine.

    :param folder: for the library.
    :param address: one of 127.0.0.0/8.
    """

    def __init__(self, folder: Path, address: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.address = address
        self._library = folder / "address.so"
        make_library(SOURCE, self._library)

    @property
    def exists(self) -> bool:
        """Whether a program can be given such an address here."""
        return self._library.exists()

    @property
    def environ(self) -> dict[str, str]:
        """What the program's environment must have; empty where there is no such address."""
        return {PRELOAD: str(self._library), "OWN_ADDRESS": self.address} if self.exists else {}
