"""How popular a post is: a number that never has to be counted down."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from claps.plain.errors import Malformed

DOUBLING_SECONDS = 24 * 3600
LIKE_WEIGHT = 1
COMMENT_WEIGHT = 2
_KEY = re.compile(r"(-?[0-9]{1,12}(?:\.[0-9]{1,18})?)-([0-9]{1,19})")


@dataclass(frozen=True, slots=True)
class Standing:
    """What a post's rank depends on. People, not claps: one who claps fifty times is one."""

    post_id: int
    published_at: datetime
    people: int = 0
    likes: int = 0
    comments: int = 0

    @property
    def points(self) -> int:
        """People who clapped, likes, and comments, which count twice."""
        return max(0, self.people + LIKE_WEIGHT * self.likes + COMMENT_WEIGHT * self.comments)

    @property
    def score(self) -> float:
        """The rank: a day later a post needs twice the points to stand as high.

        Everybody's score would fall by the same in the same time, so none has to be touched: the order is that of
        ``points / 2 ** days``, whose logarithm is taken here.
        """
        # To nine digits, as addresses have it: what is compared must be what was kept.
        return round(math.log2(1 + self.points) + self.published_at.timestamp() / DOUBLING_SECONDS, 9)


class Rank(NamedTuple):
    """A post's place: by its score, and among equals by its id."""

    score: float
    post_id: int

    @property
    def key(self) -> str:
        """The place as it stands in an address."""
        return f"{self.score:.9f}-{self.post_id}"


def parse_rank(text: str) -> Rank:
    """Read a place from an address.

    :raises Malformed: it is none.
    """
    found = _KEY.fullmatch(text)
    if found is None:
        raise Malformed("before", "“before” must be as the link to the next page has it.")
    return Rank(float(found[1]), int(found[2]))
