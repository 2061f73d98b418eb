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
    r"|writer:(?P<writer>[1-9][0-9]{0,18}(?::post:[1-9][0-9]{0,17}|:below:(?:0|[1-9][0-9]{0,17}))?)"
    r"|posts:(?P<posts>0|[1-9][0-9]{0,17})"
    r"|feed:(?P<feed>[1-9][0-9]{0,18}:(?:0|[1-9][0-9]{0,17}))"
)
_KINDS = ("post", "table", "person", "writer", "posts", "feed")

# Of these only the newest matters; of the others every event does.
STATE_KINDS = frozenset({"post", "writer", "posts", "feed", "canary"})
LOG_KINDS = frozenset({"comments", "table", "person"})
# What is new in a list of posts.
LIST_KINDS = frozenset({"posts", "feed"})


@dataclass(frozen=True, slots=True)
class Topic:
    """One name that can be watched.

    ``kind`` is ``post``, ``comments``, ``table``, ``person``, ``writer``, ``posts`` or ``feed``; ``key`` is the number,
    or the name of a table, as text. ``posts:120`` is what was published after post 120, and ``feed:7:120`` what has
    come into the feed of person 7 since. Of the dashboard ``writer:7`` there are parts: ``writer:7:post:12`` is one
    post, and ``writer:7:below:120`` a page of posts, the newest below post 120, or the newest of all below 0.
    Each worker has a ``canary``, whose name nobody can ask for.
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
        return int(self.key.partition(":")[0])

    @property
    def after_id(self) -> int:
        """Behind which post the topic begins; of ``posts`` and ``feed``."""
        return int(self.key.rpartition(":")[2])

    @property
    def part(self) -> tuple[str, int]:
        """Of a dashboard: ``post`` or ``below`` and the post's id; an empty word for the whole."""
        _, word, post_id = (f"{self.key}::".split(":"))[:3]
        return word, int(post_id or 0)

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
    kind = next(name for name in _KINDS if found[name])
    return Topic(kind, found[kind])


def post_topic(post_id: int) -> Topic:
    """Name the tally of a post."""
    return Topic("post", str(post_id))


def comments_topic(post_id: int) -> Topic:
    """Name the log of a post's comments."""
    return Topic("comments", str(post_id))


def writer_topic(writer_id: int) -> Topic:
    """Name a writer's dashboard."""
    return Topic("writer", str(writer_id))


def desk_post_topic(writer_id: int, post_id: int) -> Topic:
    """Name the part of a dashboard that is one post."""
    return Topic("writer", f"{writer_id}:post:{post_id}")


def desk_page_topic(writer_id: int, below_id: int) -> Topic:
    """Name the part of a dashboard that is a page of posts, the newest below one; 0 for the newest of all."""
    return Topic("writer", f"{writer_id}:below:{below_id}")


def posts_topic(after_id: int) -> Topic:
    """Name what is published after a post; 0 for before the first."""
    return Topic("posts", str(after_id))


def feed_topic(reader_id: int, after_id: int) -> Topic:
    """Name what comes into a person's feed after a post; 0 for before the first."""
    return Topic("feed", f"{reader_id}:{after_id}")


def shard_of(post_id: int) -> int:
    """Tell which shard keeps a post's tally, from 0 to ``SHARDS - 1``; it never changes for a post."""
    return post_id % SHARDS
