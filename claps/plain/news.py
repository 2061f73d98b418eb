"""What is told to those who watch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from claps.plain.topics import Topic
from claps.plain.versions import Position, Version


@dataclass(frozen=True, slots=True)
class News:
    """What a subscriber has not seen of a topic.

    Of a state topic ``state`` is the whole state, as JSON tells it, and ``value`` the thing that pages
    render (a tally, the rows of a dashboard); of a log topic ``events`` are the events in their order, and
    ``version`` is that of the last one.
    Within a snapshot ``cursor`` is how far it has come (see :class:`Position`); what ends one ``ends_snapshot``.
    Of a large state ``tell`` makes what JSON tells: all of it, or what has changed since the news it is given.
    ``hurried`` is False when nothing has changed, since the news before, but what may wait for a second.
    """

    topic: Topic
    version: Version
    state: dict[str, Any] | None = None
    value: Any = None
    events: tuple[dict[str, Any], ...] = ()
    hurried: bool = True
    resync: bool = False
    cursor: str | None = None
    ends_snapshot: bool = False
    tell: Callable[[News | None], dict[str, Any]] | None = None

    def state_since(self, before: News | None) -> dict[str, Any] | None:
        """The state as JSON tells it to who has seen ``before``; None of a log."""
        return self.state if self.tell is None else self.tell(before)

    @property
    def position(self) -> str:
        """What one who has seen this comes back with."""
        return str(Position(self.version, self.cursor))
