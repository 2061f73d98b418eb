"""Who clapped for a post or liked it in some minute: people by name, for the writer alone."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

# By their number in SQL, named as the counts that they are part of.
KINDS = ("claps", "likes")


@dataclass(frozen=True, slots=True)
class Reaction:
    """What one person gave to one post in one minute (Unix time / 60)."""

    minute: int
    post_id: int
    kind: str
    person_id: int
    name: str
    display_name: str
    count: int

    @property
    def key(self) -> tuple[int, int, str]:
        """To which line of the ticker it belongs."""
        return self.minute, self.post_id, self.kind


def write_reactions(reactions: Iterable[Reaction]) -> str:
    """Put reactions into a message."""
    return json.dumps([
        [one.minute, one.post_id, one.kind, one.person_id, one.name, one.display_name, one.count] for one in reactions
    ])


def read_reactions(message: str) -> list[Reaction]:
    """Read what :func:`write_reactions` wrote."""
    return [Reaction(*values) for values in json.loads(message)]


def join_reactions(
    known: Iterable[Reaction], more: Iterable[Reaction], *, since: int, most: int
) -> tuple[Reaction, ...]:
    """Put what was told beside what is known, newest minute first; of a person in a minute the newer word holds.

    :param since: the oldest minute that matters.
    :param most: how many are kept.
    """
    joined = {(*one.key, one.person_id): one for one in (*known, *more) if one.minute >= since}
    return tuple(sorted(joined.values(), key=lambda one: (-one.minute, -one.count, one.person_id))[:most])
