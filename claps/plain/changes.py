"""What a reader asks of a tally: the unit that the hot path takes and the journal keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["clap", "like", "view", "comments", "hold", "release", "join"]


@dataclass(frozen=True, slots=True)
class Change:
    """One reader's wish to move one tally.

    ``amount`` is claps to add (negative takes back) for ``clap``, 1 or -1 for ``like``, 1 for ``view``,
    and the new total for ``comments``. ``who`` is the reader's id; for a view anything that tells readers
    apart; for ``comments`` the version's offset of the comments' log, so that the newest total wins.
    ``hold`` takes a reader's claps out of the count and remembers them, ``release`` puts them back; either done twice
    is done once, and ``amount`` says nothing. ``join`` brings to a person what a guest gave, whose id is ``amount``.
    """

    kind: Kind
    post_id: int
    who: str
    amount: int


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One entry of the journal: what one call of the clap script did to one post."""

    entry_id: str
    post_id: int
    claps: tuple[tuple[int, int], ...] = ()
    likes: tuple[tuple[int, int], ...] = ()
    views: int = 0
    held: tuple[tuple[int, int], ...] = ()
    viewers: tuple[str, ...] = ()

    @property
    def changes(self) -> int:
        """How many readers' rows this entry is about."""
        return len(self.claps) + len(self.likes) + len(self.held)

    @property
    def minute(self) -> int:
        """When it was, by Redis' clock, in minutes since 1970."""
        return int(self.entry_id.partition("-")[0]) // 60_000


@dataclass(slots=True)
class Sums:
    """The journal's entries of one minute added up, by post and by reader."""

    claps: dict[tuple[int, int], int] = field(default_factory=dict)
    likes: dict[tuple[int, int], int] = field(default_factory=dict)
    held: dict[tuple[int, int], int] = field(default_factory=dict)
    views: dict[int, int] = field(default_factory=dict)
    viewers: dict[int, set[str]] = field(default_factory=dict)

    def add(self, entry: JournalEntry) -> None:
        """Add one entry."""
        for reader_id, claps in entry.claps:
            key = (entry.post_id, reader_id)
            self.claps[key] = self.claps.get(key, 0) + claps
        for reader_id, likes in entry.likes:
            key = (entry.post_id, reader_id)
            self.likes[key] = self.likes.get(key, 0) + likes
        for reader_id, claps in entry.held:
            key = (entry.post_id, reader_id)
            self.held[key] = self.held.get(key, 0) + claps
        if entry.views:
            self.views[entry.post_id] = self.views.get(entry.post_id, 0) + entry.views
            self.viewers.setdefault(entry.post_id, set()).update(entry.viewers)

    def drop_nothing(self) -> Sums:
        """Leave out whom nothing has moved for in the end; return itself."""
        for moves in (self.claps, self.likes, self.held):
            for pair in [pair for pair, amount in moves.items() if not amount]:
                del moves[pair]
        return self
