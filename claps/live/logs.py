"""Tells a log topic's news to all who watch it: every event, in order, once."""

from __future__ import annotations

import logging
from collections.abc import Callable

import gevent

from claps.live.breath import Turn
from claps.live.fan_out import FanOut, positions_of
from claps.live.lot import Lot
from claps.live.sources import LogSource
from claps.live.subscribers import Subscriber
from claps.live.watches import LogWatch, follows
from claps.live.wires import TRY_AGAIN_LATER, Wire
from claps.plain.errors import ClapsError
from claps.plain.limits import FAN_OUT_SHARE, LOG_TICK_SECONDS, PENDING_BYTES, RELOAD_SECONDS
from claps.plain.meters import meters
from claps.plain.news import News

log = logging.getLogger(__name__)
TELLS_PER_LOOK = 16


class LogFanOut:
    """Puts what is heard into order, reads what was not heard, and writes it.

    What a turn is about to tell is **owed** to each subscriber until it is written. Whatever else is written to
    one of them meanwhile says how far all its topics have come, and so what is owed goes first (:meth:`settle`).

    :param sources: by kind of topic.
    """

    def __init__(self, lot: Lot, fan_out: FanOut, sources: dict[str, LogSource]) -> None:
        self._lot = lot
        self._fan_out = fan_out
        self._sources = sources
        self._owed: dict[Subscriber, list[News]] = {}
        # Tells one everything from the beginning, because what was missed is not kept any more.
        self.begin_anew: Callable[[Subscriber, LogWatch], None] | None = None

    def offer(self, watch: LogWatch, news: News) -> None:
        """Take what was heard or read of a topic; what does not follow is read first."""
        known = watch.known
        if known is None:
            return
        if not news.resync:
            if follows(known, news.version) and news.version.offset <= known.offset:
                return
            if not news.events or not _continues(news, watch):
                self._fill_soon(watch)
                return
        watch.incoming.append(news)
        if not watch.turning:
            watch.turning = True
            gevent.spawn(self._turn, watch)

    def settle(self, subscriber: Subscriber) -> None:
        """Write what is owed to a subscriber, if anything is."""
        all_news = self._owed.pop(subscriber, None)
        if all_news is None or not subscriber.alive or not subscriber.watches:
            return
        self.tell(subscriber, all_news)

    def tell(self, subscriber: Subscriber, all_news: list[News]) -> None:
        """Write news to one; who has too much unread is closed, and comes back with what it has seen."""
        wire = subscriber.wire
        data = self._encode(wire, all_news, subscriber)
        if not wire.stays:
            self._fan_out.end_poll(subscriber, data)
            return
        unsent = subscriber.unsent
        if unsent is not None and len(unsent.tail) + len(data) > PENDING_BYTES:
            self._lot.end(subscriber, wire.goodbye(TRY_AGAIN_LATER, "too much unread; come back"))
        elif data:
            self._lot.send(subscriber, data)

    def fill(self, watch: LogWatch) -> None:
        """Read what was not heard; may wait for SQL.

        :raises ClapsError: it cannot be read now.
        """
        source = self._sources[watch.topic.kind]
        while (known := watch.known) is not None:
            news = source.after(watch.topic, known.offset)
            if watch.known != known:
                continue  # Something was heard meanwhile.
            if not follows(known, news.version) or news.version.offset < known.offset:
                news = News(watch.topic, news.version, value=news.value, resync=True)
            if news.version == known or not (news.events or news.resync):
                return
            self.offer(watch, news)

    def _fill_soon(self, watch: LogWatch) -> None:
        if not watch.filling:
            watch.filling = True
            gevent.spawn(self._fill, watch)

    def _fill(self, watch: LogWatch) -> None:
        try:
            self.fill(watch)
        except ClapsError as error:
            log.info("%s cannot be read yet: %s", watch.topic, error.message)
            gevent.sleep(RELOAD_SECONDS)
        finally:
            watch.filling = False

    def _turn(self, watch: LogWatch) -> None:
        try:
            while watch.incoming:
                news, turn = watch.take_incoming(), Turn()
                members = [member for group in watch.groups.values() for member in group]
                members.extend(watch.singles)
                if news.resync:
                    members = self._send_back(members, watch)
                for member in members:
                    self._owed.setdefault(member, []).append(news)
                for number, member in enumerate(members, 1):
                    self.settle(member)
                    if not number % TELLS_PER_LOOK:
                        turn.breathe_if_over()
                self._fan_out.updates += 1
                self._fan_out.deliveries += len(members)
                meters.fan_out.note(turn.worked_seconds)
                gevent.sleep(max(LOG_TICK_SECONDS, turn.worked_seconds / FAN_OUT_SHARE))
        finally:
            watch.turning = False

    def _send_back(self, members: list[Subscriber], watch: LogWatch) -> list[Subscriber]:
        # Programs are told a snapshot, each at its own pace; pages only that they are stale.
        if self.begin_anew is None:
            return members
        for member in members:
            if member.wire.tells_snapshots and member.alive and watch in member.watches:
                self.begin_anew(member, watch)
        return [member for member in members if not member.wire.tells_snapshots]

    def _encode(self, wire: Wire, all_news: list[News], subscriber: Subscriber) -> bytes:
        watch = next((one for one in subscriber.watches if one.topic == all_news[0].topic), None)
        if watch is None:
            return b""
        if len(all_news) > 1 or (len(subscriber.watches) > 1 and not wire.shared_by_many_topics):
            return wire.tell(all_news, positions_of(subscriber), before=None)
        # Everybody who is told of this turn's events gets the same bytes.
        if watch.told is not all_news[0]:
            watch.told = all_news[0]
            watch.frames.clear()
        data = watch.frames.get(wire)
        if data is None:
            watch.frames[wire] = data = wire.tell(all_news, positions_of(subscriber), before=None)
        return data


def _continues(news: News, watch: LogWatch) -> bool:
    known = watch.known
    return known is not None and follows(known, news.version) and news.version.offset - len(news.events) == known.offset
