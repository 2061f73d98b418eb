"""Who reads and who writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


def plain_name(typed: str) -> str:
    """A name as it is kept, whichever way somebody typed it."""
    return typed.strip().lower().removeprefix("@")


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever reads: a person with an account, or a guest with a signed cookie.

    A guest's id is a random number of 63 bits with its highest bit set, made without asking anybody; a
    person's is small. So the two never meet, and a guest needs no row before the first clap is flushed.
    """

    id: int

    @property
    def is_guest(self) -> bool:
        """True for a reader without an account."""
        return self.id >= GUEST_ID_LEAST


GUEST_ID_LEAST = 1 << 62
# What stands where the name stood of one who has deleted their account.
LEFT_DISPLAY_NAME = "Somebody who left"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account. ``name`` is the one in addresses, without the @; who is leaving has ``leaves_at``."""

    id: int
    name: str
    display_name: str
    bio_text: str = ""
    leaves_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """A person with the totals that everybody may see: of what they published, and of who follows whom."""

    person: Person
    posts: int = 0
    claps: int = 0
    followers: int = 0
    following: int = 0


@dataclass(frozen=True, slots=True)
class Tie:
    """How who looks stands to a person: it depends on who looks, so it is never announced."""

    person: Person
    signed_in: bool = False
    own_page: bool = False
    following: bool = False


@dataclass(frozen=True, slots=True)
class Circle:
    """Some people of many, in the order of their ids; ``next_after`` is where the next ones begin, None at the end."""

    people: tuple[Person, ...]
    next_after: int | None = None
