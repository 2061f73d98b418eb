"""Who may watch a table: at most a hundred at a time, over all workers."""

from __future__ import annotations

import logging
import time
from collections import Counter
from itertools import islice
from typing import Protocol

import gevent

from claps.live.hub import Hub
from claps.live.lot import Lot
from claps.live.subscribers import Subscriber
from claps.live.watches import Watch
from claps.live.wires import Wire
from claps.plain.errors import Crowded, Unavailable
from claps.plain.limits import WATCHERS_PER_TABLE, WATCHERS_RENEW_SECONDS, WATCHERS_TELL_SECONDS
from claps.plain.topics import Topic

log = logging.getLogger(__name__)
TABLES_PER_TURN = 1_000


class Counting(Protocol):
    """What the doorkeeper needs of Redis."""

    def take(self, table: str, watchers: int) -> bool: ...
    def tell(self, watchers: dict[str, int]) -> None: ...


class Doorkeeper:
    """Gives places at tables, and tells how many are taken here.

    A worker's word is the number of those who wait here and of those who are on their way in. Who asks is counted
    before Redis is asked, so each word contains all that were before it.
    """

    def __init__(self, hub: Hub, counting: Counting) -> None:
        self._hub = hub
        self._counting = counting
        self._entering: Counter[str] = Counter()
        self._told: dict[str, int] = {}
        self._renewed_at = time.monotonic()
        self._is_closed = False

    def take(self, topic: Topic, *, returning: bool = False) -> None:
        """Take a place at a table; give it back when its taker waits, and so counts by itself, or does not come.

        Where Redis does not answer, this worker counts for itself.

        :param returning: the one who asks has had a place a moment ago, as who polls.
        :raises Crowded: a hundred watch.
        """
        watch, table = self._hub.watches.get(topic), topic.key
        if returning and watch is not None:
            watch.note_back()
        self._entering[table] += 1
        here = self._count(table)
        try:
            is_free = self._counting.take(table, here)
        except Unavailable as error:
            log.debug("who watches %s is counted here only: %s", table, error.message)
            is_free = here <= WATCHERS_PER_TABLE
        if not is_free:
            self.give_back(topic)
            raise Crowded(f"{WATCHERS_PER_TABLE} watch this table already, and no more can.", limit=WATCHERS_PER_TABLE)

    def give_back(self, topic: Topic) -> None:
        """Give back what was taken."""
        self._entering[topic.key] -= 1
        if self._entering[topic.key] <= 0:
            del self._entering[topic.key]
        self._hub.unseated.add(topic)

    def run_forever(self) -> None:
        """Tell Redis, a little behind, how many watch here."""
        while True:
            gevent.sleep(WATCHERS_TELL_SECONDS)
            try:
                self.tell()
            except Unavailable as error:
                log.debug("who watches was not told: %s", error.message)
            except Exception:
                log.exception("telling who watches stumbled")

    def tell(self) -> None:
        """Tell what has changed, and now and then everything, before it expires.

        :raises Unavailable: Redis does not answer.
        """
        if self._is_closed:
            return
        now = time.monotonic()
        moved, self._hub.unseated = self._hub.unseated, set()
        names = {topic.key for topic in moved}
        if now - self._renewed_at > WATCHERS_RENEW_SECONDS:
            self._renewed_at = now
            names.update(self._told)
        rest = iter(names)
        while some := list(islice(rest, TABLES_PER_TURN)):
            # Counted and put into words in one breath: who takes a place meanwhile has a later word.
            counts = {name: self._count(name) for name in some}
            try:
                self._counting.tell(counts)
            except Unavailable:
                self._hub.unseated |= moved
                raise
            self._note(counts)

    def take_back(self) -> None:
        """Tell that nobody watches here any more, when this worker stops; afterwards nothing is told."""
        self._is_closed = True
        try:
            self._counting.tell(dict.fromkeys({*self._told, *self._entering}, 0))
        except Unavailable as error:
            log.debug("the places are left to expire: %s", error.message)

    def _note(self, counts: dict[str, int]) -> None:
        for name, count in counts.items():
            if count:
                self._told[name] = count
            else:
                self._told.pop(name, None)
            watch = self._hub.watches.get(Topic("table", name))
            if watch is not None and watch.away:
                # Who is between two polls is counted for a moment more.
                self._hub.unseated.add(watch.topic)

    def _count(self, table: str) -> int:
        watch = self._hub.watches.get(Topic("table", table))
        waiting = 0 if watch is None else count_watchers(watch)
        return waiting + self._entering[table] if table in self._entering else waiting


def count_watchers(watch: Watch) -> int:
    """How many wait for a topic here, those between two polls included."""
    members = sum(map(len, watch.groups.values())) + len(watch.singles) + len(watch.coming)
    return members + watch.count_readers(time.monotonic())


def watchers_of(watch: Watch) -> list[Subscriber]:
    """Everybody who waits for a topic here."""
    return [*(one for group in watch.groups.values() for one in group), *watch.singles, *watch.coming]


def show_out(hub: Hub, subscriber: Subscriber, code: int, reason: str) -> None:
    """Let one go who may not wait here any more: a socket is told why; who polls asks again, and is refused."""
    if subscriber.wire.stays:
        hub.lot.end(subscriber, subscriber.wire.goodbye(code, reason))
    else:
        hub.dismiss(subscriber, reason)


def turn_away(lot: Lot, fd: int, wire: Wire, *, opening: bytes, code: int, reason: str) -> None:
    """Say over a socket why its other end cannot stay: a page's script is told no other way."""
    subscriber = Subscriber(fd, wire, None)
    lot.park(fd, subscriber)
    lot.end(subscriber, opening + wire.goodbye(code, reason))
