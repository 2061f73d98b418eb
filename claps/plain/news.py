"""What is told to those who watch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from claps.plain.topics import Topic
from claps.plain.versions import Version


@dataclass(frozen=True, slots=True)
class News:
    """What a subscriber has not seen of a topic.

    Of a state topic ``state`` is the whole state, as JSON tells it, and ``value`` the thing that pages
    render (a tally, the rows of a dashboard); of a log topic ``events`` are the events in their order, and
    ``version`` is that of the last one.
    ``parts`` names the fields that differ from the news before, for those who saw that one; ``None``
    when everything must be told.
    """

    topic: Topic
    version: Version
    state: dict[str, Any] | None = None
    value: Any = None
    events: tuple[dict[str, Any], ...] = ()
    parts: frozenset[str] | None = None
    resync: bool = False
