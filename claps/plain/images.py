"""Pictures: their names, made of what is in them and how large they are, and how a text shows them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

MEDIA_URL = "/media/"
_NAME = re.compile(r"[0-9a-f]{32}-([1-9][0-9]{0,4})x([1-9][0-9]{0,4})\.webp", re.ASCII)
_MARKS = re.compile(r"([\\\[\]`*_<>&!])")


@dataclass(frozen=True, slots=True)
class Image:
    """One picture as its owner keeps it; ``alt`` says what is to be seen on it."""

    id: int
    name: str
    alt: str
    bytes: int
    at: datetime

    @property
    def address(self) -> str:
        """Where it is shown."""
        return MEDIA_URL + self.name

    @property
    def markdown(self) -> str:
        """What is put into a text to show it there."""
        alt = _MARKS.sub(r"\\\1", self.alt)
        return f"![{alt}]({self.address})"


def make_name(content_hash: str, width: int, height: int) -> str:
    """Name a picture by the SHA-256 of its bytes (in hexadecimal digits) and its size in pixels."""
    return f"{content_hash[:32]}-{width}x{height}.webp"


def is_name(text: str) -> bool:
    """True for what can be a picture's name; no such text leads out of its folder."""
    return _NAME.fullmatch(text) is not None


def find_size(address: str) -> tuple[int, int] | None:
    """Read width and height off a picture's address; None for one that is not ours."""
    found = _NAME.fullmatch(address.removeprefix(MEDIA_URL)) if address.startswith(MEDIA_URL) else None
    return None if found is None else (int(found[1]), int(found[2]))
