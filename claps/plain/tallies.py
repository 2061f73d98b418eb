"""A post's counts at one version, and what one reader gave to it."""

from __future__ import annotations

from dataclasses import dataclass, field

from claps.plain.limits import CLAPS_PER_READER
from claps.plain.versions import Version

FIELDS = ("claps", "people", "likes", "views", "comments", "readers")
# What changes because somebody comes or goes. In a crowd it changes all the time, and nobody waits to see it.
UNHURRIED = frozenset(("views", "readers"))


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts of one post at one version. ``readers`` is how many are reading now.

    Where ``is_calm`` the writer keeps them from readers: all are 0 and mean nothing, and the version never changes.
    """

    post_id: int
    version: Version
    claps: int = 0
    people: int = 0
    likes: int = 0
    views: int = 0
    comments: int = 0
    readers: int = 0
    is_calm: bool = field(default=False, kw_only=True)

    def counts(self) -> dict[str, int]:
        """The counts by name, in the order in which they are told; of a calm post none, and that it is calm."""
        return {"calm": True} if self.is_calm else {name: getattr(self, name) for name in FIELDS}


def calm_tally(post_id: int) -> Tally:
    """The tally of a post whose numbers are hidden: the same at all times, so that it does not tell of changes."""
    return Tally(post_id, Version("calm", 0), is_calm=True)


def changed_fields(before: Tally | None, after: Tally) -> frozenset[str]:
    """Name the counts that differ; all of them when there is nothing to compare with."""
    if before is None or before.is_calm != after.is_calm:
        return frozenset(FIELDS)
    return frozenset(name for name in FIELDS if getattr(before, name) != getattr(after, name))


@dataclass(frozen=True, slots=True)
class Hand:
    """What one reader gave to one post: it depends on who looks, so it is never announced.

    ``kept`` is a bookmark, which only people have.
    """

    post_id: int
    yours: int
    own_post: bool = False
    liked: bool = False
    kept: bool = False

    @property
    def left(self) -> int:
        """Claps this reader may still give, 0 to 50."""
        return max(0, CLAPS_PER_READER - self.yours)

    @property
    def all_given(self) -> bool:
        """True when the reader has given all 50."""
        return self.left == 0


@dataclass(frozen=True, slots=True)
class Clapped:
    """The answer to a clap: the tally after it, the reader's own total, and what changed by it."""

    tally: Tally
    yours: int
    given: int
