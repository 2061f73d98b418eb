"""What has come into a list since a page was made of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from claps.plain.limits import NEWER_TOLD
from claps.plain.versions import Version


@dataclass(frozen=True, slots=True)
class Newer:
    """The posts behind ``after_id``, at most twenty: who has missed more than that is told "20 or more"."""

    after_id: int
    post_ids: frozenset[int] = frozenset()

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.post_ids)

    @property
    def is_full(self) -> bool:
        """True when there may be more."""
        return self.count >= NEWER_TOLD

    @property
    def newest_id(self) -> int:
        """The highest id among them, or that behind which they begin."""
        return max(self.post_ids, default=self.after_id)

    def with_post(self, post_id: int) -> Newer:
        """The same with one more, which may have been there already."""
        if post_id <= self.after_id or self.is_full:
            return self
        return replace(self, post_ids=self.post_ids | {post_id})

    def version(self) -> Version:
        """The same in every process that knows the same."""
        return Version("n", self.count)


def newer_of(after_id: int, newest_ids: list[int]) -> Newer:
    """Choose from the newest ids of a list those that come behind one."""
    return Newer(after_id, frozenset([post_id for post_id in newest_ids if post_id > after_id][:NEWER_TOLD]))
