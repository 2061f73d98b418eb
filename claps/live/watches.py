"""A topic that somebody in this process is watching: its newest news, and who waits for more."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Any

from claps.live.subscribers import Subscriber
from claps.live.wires import Wire
from claps.plain.limits import LOG_BYTES_AT_HAND, LOG_EVENTS_AT_HAND, TICK_SECONDS, TOPIC_LINGER_SECONDS
from claps.plain.news import News
from claps.plain.topics import Topic
from claps.plain.versions import Version

AWAY_SECONDS = 3.0


class Watch:
    """One watched topic.

    ``groups`` are the subscribers who get the same bytes, by wire; ``singles`` those for whom the positions
    of several topics are part of what is sent.
    """

    __slots__ = (
        "alone", "away", "channels", "coming", "frames", "groups", "idle_since", "news", "readers", "sent_at",
        "singles", "tick_seconds", "together", "told", "told_text", "topic", "turning", "waiting",
    )

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self.news: News | None = None
        self.told: News | None = None
        # The version that was told last, also where ``told`` is forgotten because somebody is ahead of it.
        self.told_text = ""
        # Dictionaries for sets: in the order of arrival, which is the order in which the kernel laid the sockets
        # out, one update walks through memory instead of jumping about; and they are smaller, too.
        self.groups: dict[Wire, dict[Subscriber, None]] = {}
        self.singles: set[Subscriber] = set()
        # Those who must be told something first, before they stand among the others.
        self.coming: dict[Subscriber, None] = {}
        self.waiting: list[Callable[[], None]] = []
        # What a connection watches is one tuple for all who watch the same.
        self.alone: tuple[Watch, ...] = (self,)
        self.together: dict[tuple[Watch, ...], tuple[Watch, ...]] = {}
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
        self.coming.pop(subscriber, None)
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
        self.coming.pop(subscriber, None)
        if self.is_idle:
            self.idle_since = time.monotonic()

    @property
    def is_idle(self) -> bool:
        """True when nobody waits."""
        return not self.groups and not self.singles and not self.coming

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


class LogWatch(Watch):
    """A watched topic of which every event matters.

    ``news`` is how far everybody here has been told, without events; ``incoming`` is what will be told next; the
    newest events that were told are kept at hand, for those who come back after a moment.
    """

    __slots__ = ("at_hand", "bytes_at_hand", "filling", "incoming")

    def __init__(self, topic: Topic) -> None:
        super().__init__(topic)
        self.incoming: list[News] = []
        self.at_hand: deque[tuple[int, dict[str, Any], int]] = deque()
        self.bytes_at_hand = 0
        self.filling = False

    @property
    def known(self) -> Version | None:
        """The version after everything that has come in, told or not."""
        if self.incoming:
            return self.incoming[-1].version
        return None if self.news is None else self.news.version

    def take_incoming(self) -> News:
        """Let what has come in be told: returns it as one, and moves the version behind it."""
        batch, self.incoming = self.incoming, []
        last = batch[-1].version
        self.news = News(self.topic, last, value=batch[-1].value)
        if any(news.resync for news in batch):
            self.at_hand.clear()
            self.bytes_at_hand = 0
            return News(self.topic, last, value=batch[-1].value, resync=True)
        events = tuple(event for news in batch for event in news.events)
        for offset, event in enumerate(events, last.offset - len(events) + 1):
            self._keep(offset, event)
        return News(self.topic, last, value=batch[-1].value, events=events)

    def since(self, seen: Version) -> News | None:
        """The events behind a version, if all of them are at hand."""
        assert self.news is not None
        version = self.news.version
        missing = version.offset - seen.offset
        if not 0 < missing <= len(self.at_hand) or not follows(seen, version):
            return None
        events = tuple(event for _, event, _ in list(self.at_hand)[-missing:])
        return News(self.topic, version, value=self.news.value, events=events)

    def _keep(self, offset: int, event: dict[str, Any]) -> None:
        if self.at_hand and self.at_hand[-1][0] != offset - 1:
            self.at_hand.clear()
            self.bytes_at_hand = 0
        size = len(str(event))
        self.at_hand.append((offset, event, size))
        self.bytes_at_hand += size
        while len(self.at_hand) > LOG_EVENTS_AT_HAND or self.bytes_at_hand > LOG_BYTES_AT_HAND:
            self.bytes_at_hand -= self.at_hand.popleft()[2]


def follows(seen: Version, version: Version) -> bool:
    """True when a log's events after ``seen`` lead to ``version``; ``0.0`` is the beginning of every log."""
    return seen.epoch == version.epoch or (seen.epoch == "0" and seen.offset == 0)
