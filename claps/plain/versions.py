"""How far a topic has come: ``epoch.offset``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from claps.plain.errors import Malformed

_SHAPE = re.compile(r"([0-9a-z]{1,32})\.([0-9]{1,19})")
_POSITION = re.compile(rf"({_SHAPE.pattern})(?:~([0-9A-Za-z_.-]{{0,1200}}))?")
# The cursor of a snapshot whose pages were all told, but not yet what changed meanwhile.
PAGED = "."
# The position of one who must forget what was seen, and be told everything.
BEGIN_ANEW = "0.0~"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Version:
    """A point in a topic's life.

    Two versions of one topic compare only within one epoch; a version of another epoch says no more than
    "something else", and is answered with the whole state.
    """

    epoch: str
    offset: int

    def __str__(self) -> str:
        return f"{self.epoch}.{self.offset}"


def parse_version(text: str) -> Version | None:
    """Read a version; an empty text means nothing was seen yet.

    :raises Malformed: the text is no version.
    """
    if not text:
        return None
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise Malformed("since", "“since” must be a version as the server gave it, like t3k9zf.41, or empty.")
    return Version(match[1], int(match[2]))


@dataclass(frozen=True, slots=True)
class Position:
    """Where one who watches has come to: a version, or the middle of a snapshot of it.

    ``cursor`` is how far the snapshot's pages have come, as its source spells it; None outside of one.
    """

    version: Version
    cursor: str | None = None

    def __str__(self) -> str:
        return str(self.version) if self.cursor is None else f"{self.version}~{self.cursor}"


def parse_position(text: str) -> Position | None:
    """Read a version that may lie within a snapshot; an empty text means nothing was seen yet.

    :raises Malformed: the text is no such thing.
    """
    match = _POSITION.fullmatch(text)
    version = parse_version(match[1] if match else text)
    return None if version is None else Position(version, match[4] if match else None)


def epoch_text(number: int) -> str:
    """Spell an epoch's number in base 36, as versions carry it."""
    if number < 0:
        raise ValueError("an epoch is never negative")
    text = ""
    while number or not text:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text
