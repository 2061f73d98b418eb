"""The names of things that can change while somebody looks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from claps.plain.errors import NotFound
from claps.plain.limits import SHARDS

_SHAPE = re.compile(
    r"post:(?P<post>[1-9][0-9]{0,17})(?P<comments>:comments)?"
    r"|table:(?P<table>[a-z0-9-]{1,64})"
    r"|person:(?P<person>[1-9][0-9]{0,18})"
    r"|writer:(?P<writer>[1-9][0-9]{0,18})"
)

# Of these only the newest matters; of the others every event does.
STATE_KINDS = frozenset({"post", "writer"})
LOG_KINDS = frozenset({"comments", "table", "person"})


@dataclass(frozen=True, slots=True)
class Topic:
    """One name that can be watched.

    ``kind`` is ``post``, ``comments``, ``table``, ``person`` or ``writer``; ``key`` is the number, or the
    name of a table, as text.
    """

    kind: str
    key: str

    def __str__(self) -> str:
        if self.kind == "comments":
            return f"post:{self.key}:comments"
        return f"{self.kind}:{self.key}"

    @property
    def number(self) -> int:
        """The id in the topic's name; not for tables."""
        return int(self.key)

    @property
    def is_state(self) -> bool:
        """True when only the newest matters, false when every event does."""
        return self.kind in STATE_KINDS


# The same few are named by everybody who opens a socket or claps through one.
@lru_cache(maxsize=4_096)
def parse_topic(text: str) -> Topic:
    """Read a topic's name, as in ``post:12``.

    :raises NotFound: nothing can have that name.
    """
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise NotFound(f"There is no topic “{text[:80]}”.")
    found = match.groupdict()
    if found["comments"]:
        return Topic("comments", found["post"])
    kind = next(name for name in ("post", "table", "person", "writer") if found[name])
    return Topic(kind, found[kind])


def post_topic(post_id: int) -> Topic:
    """Name the tally of a post."""
    return Topic("post", str(post_id))


def comments_topic(post_id: int) -> Topic:
    """Name the log of a post's comments."""
    return Topic("comments", str(post_id))


def shard_of(post_id: int) -> int:
    """Tell which shard keeps a post's tally, from 0 to ``SHARDS - 1``; it never changes for a post."""
    return post_id % SHARDS
