"""A topic that somebody in this process is watching: its newest news, and who waits for more."""

from __future__ import annotations

import time
from collections import deque

from claps.live.subscribers import Subscriber
from claps.live.wires import Wire
from claps.plain.limits import TICK_SECONDS, TOPIC_LINGER_SECONDS
from claps.plain.news import News
from claps.plain.topics import Topic

AWAY_SECONDS = 3.0


class Watch:
    """One watched topic.

    ``groups`` are the subscribers who get the same bytes, by wire; ``singles`` those for whom the positions
    of several topics are part of what is sent.
    """

    __slots__ = (
        "alone", "away", "channels", "frames", "groups", "idle_since", "news", "readers", "sent_at", "singles",
        "tick_seconds", "told", "topic", "turning", "waiting",
    )

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self.news: News | None = None
        self.told: News | None = None
        # Dictionaries for sets: in the order of arrival, which is the order in which the kernel laid the sockets
        # out, one update walks through memory instead of jumping about; and they are smaller, too.
        self.groups: dict[Wire, dict[Subscriber, None]] = {}
        self.singles: set[Subscriber] = set()
        self.waiting: list[tuple[Subscriber, list[tuple[Topic, str]]]] = []
        self.alone: tuple[Watch, ...] = (self,)
        self.channels: tuple[str, ...] = ()
        self.frames: dict[Wire, bytes] = {}
        self.sent_at = 0.0
        self.tick_seconds = TICK_SECONDS
        self.turning = False
        self.readers = 0
        self.away: deque[float] | None = None
        self.idle_since = 0.0

    def add(self, subscriber: Subscriber) -> None:
        """Take in one who waits."""
        wire = subscriber.wire
        if len(subscriber.watches) == 1 or wire.shared_by_many_topics:
            group = self.groups.get(wire)
            if group is None:
                self.groups[wire] = group = {}
            group[subscriber] = None
        else:
            self.singles.add(subscriber)

    def discard(self, subscriber: Subscriber) -> None:
        """Let one go."""
        group = self.groups.get(subscriber.wire)
        if group is not None:
            group.pop(subscriber, None)
            if not group:
                del self.groups[subscriber.wire]
        self.singles.discard(subscriber)
        if self.is_idle:
            self.idle_since = time.monotonic()

    @property
    def is_idle(self) -> bool:
        """True when nobody waits."""
        return not self.groups and not self.singles

    def may_go(self, now: float) -> bool:
        """True when nobody has waited for some seconds: who polls comes back within them."""
        return self.is_idle and now - self.idle_since > TOPIC_LINGER_SECONDS

    @property
    def version_text(self) -> str:
        """The newest version as text; empty while it is not known."""
        return "" if self.news is None else str(self.news.version)

    def note_away(self) -> None:
        """Keep counting a poller for a moment after its answer: it is on its way back."""
        if self.away is None:
            self.away = deque()
        self.away.append(time.monotonic() + AWAY_SECONDS)

    def note_back(self) -> None:
        """A poller is back."""
        if self.away:
            self.away.popleft()

    def count_readers(self, now: float) -> int:
        """How many are reading here, those between two polls included."""
        while self.away and self.away[0] < now:
            self.away.popleft()
        return self.readers + len(self.away or ())
