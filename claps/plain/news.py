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
    ``hurried`` is False when nothing has changed, since the news before, but what may wait for a second.
    """

    topic: Topic
    version: Version
    state: dict[str, Any] | None = None
    value: Any = None
    events: tuple[dict[str, Any], ...] = ()
    hurried: bool = True
    resync: bool = False
