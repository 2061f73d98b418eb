"""What a reader asks of a tally: the unit that the hot path takes and the journal keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["clap", "like", "view", "comments"]


@dataclass(frozen=True, slots=True)
class Change:
    """One reader's wish to move one tally.

    ``amount`` is claps to add (negative takes back) for ``clap``, 1 or -1 for ``like``, 1 for ``view``,
    and the new total for ``comments``. ``who`` is the reader's id; for a view anything that tells readers
    apart; for ``comments`` the version's offset of the comments' log, so that the newest total wins.
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

    @property
    def changes(self) -> int:
        """How many readers' rows this entry is about."""
        return len(self.claps) + len(self.likes)


@dataclass(slots=True)
class Sums:
    """The journal's entries of one flush added up, by post and by reader."""

    claps: dict[tuple[int, int], int] = field(default_factory=dict)
    likes: dict[tuple[int, int], int] = field(default_factory=dict)
    views: dict[int, int] = field(default_factory=dict)

    def add(self, entry: JournalEntry) -> None:
        """Add one entry."""
        for reader_id, claps in entry.claps:
            key = (entry.post_id, reader_id)
            self.claps[key] = self.claps.get(key, 0) + claps
        for reader_id, likes in entry.likes:
            key = (entry.post_id, reader_id)
            self.likes[key] = self.likes.get(key, 0) + likes
        if entry.views:
            self.views[entry.post_id] = self.views.get(entry.post_id, 0) + entry.views

    def post_ids(self) -> set[int]:
        """The posts that any of it is about."""
        return {post for post, _ in self.claps} | {post for post, _ in self.likes} | set(self.views)
