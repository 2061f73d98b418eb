"""Tells a state topic's news to all who watch it: at once, then at most once a tick; the newest wins."""

from __future__ import annotations

import time
from collections.abc import Callable

import gevent

from claps.live.breath import Turn
from claps.live.lot import Lot
from claps.live.subscribers import Subscriber
from claps.live.watches import Watch
from claps.live.wires import Positions
from claps.plain.limits import FAN_OUT_SHARE, TICK_SECONDS, UNHURRIED_PER_LOOK, UNHURRIED_SECONDS, UNHURRIED_TICKS
from claps.plain.meters import meters
from claps.plain.news import News

INLINE = 32
ANSWERS_PER_LOOK = 8


class FanOut:
    """Paces and writes.

    :param lot: where the sockets are.
    """

    def __init__(self, lot: Lot) -> None:
        self._lot = lot
        self.updates = 0
        self.deliveries = 0
        # Those with nothing to tell but what may wait, in the order in which they began to.
        self._unhurried: dict[Watch, None] = {}
        # Writes to one subscriber what it is owed of its log topics, before its positions are written again.
        self.settle: Callable[[Subscriber], None] | None = None

    def offer(self, watch: Watch, news: News) -> None:
        """Take newer news of a topic; it is told now, or when the topic's tick has passed.

        Who comes and goes is told at most once a second, and not before ten ticks have passed: where ten thousand come
        within a minute, every worker's count moves every second, and each would be an update to all of them.
        """
        watch.news = news
        watch.frames.clear()
        if watch.turning or watch.is_idle:
            return
        if not news.hurried and (self._unhurried or _must_wait(watch)):
            self._unhurried[watch] = None
        else:
            self._begin_turn(watch)

    def tell_unhurried(self) -> None:
        """Tell what has waited long enough; to be called about every half second.

        Not all of it when there is very much: while a crowd comes to ten thousand posts, who came is told of several
        at once, and later.
        """
        turn, left = Turn(), UNHURRIED_PER_LOOK
        for watch in list(self._unhurried):
            turn.breathe_if_over()
            if _must_wait(watch):
                continue
            del self._unhurried[watch]
            if not watch.turning and not watch.is_idle and watch.news is not watch.told:
                self._begin_turn(watch)
                left -= 1
                if not left:
                    return

    def owes(self, watch: Watch) -> bool:
        """True while a topic's newest news waits for its turn."""
        return watch.turning or watch in self._unhurried

    def _begin_turn(self, watch: Watch) -> None:
        wait = watch.sent_at + watch.tick_seconds - time.monotonic()
        watch.turning = True
        if wait > 0:
            gevent.spawn_later(wait, self._turn, watch)
        elif sum(map(len, watch.groups.values())) + len(watch.singles) <= INLINE:
            self._turn(watch)
        else:
            gevent.spawn(self._turn, watch)

    def answer(self, subscriber: Subscriber, watches: list[Watch]) -> None:
        """End a long-poll with the news of some of its topics."""
        if len(subscriber.watches) > 1 and self.settle is not None:
            self.settle(subscriber)
            if not subscriber.watches:
                return
        if len(subscriber.watches) == 1:
            data = self._whole(watches[0], subscriber)
        else:
            all_news = [watch.news for watch in watches if watch.news is not None]
            data = subscriber.wire.tell(all_news, positions_of(subscriber), before=None)
        self.end_poll(subscriber, data)

    def catch_up(self, subscriber: Subscriber, watch: Watch) -> None:
        """Send the newest state to one who has just come, or was slow."""
        if watch.news is None:
            return
        if watch.news is not watch.told:
            # This one is ahead of the others now; what changed since they were told is not all for it.
            watch.told = None
        self._lot.send(subscriber, self._whole(watch, subscriber))

    def end_poll(self, subscriber: Subscriber, data: bytes) -> None:
        """Write a long-poll's answer and let it go."""
        if subscriber.counted is not None:
            subscriber.counted.note_away()
        for watch in subscriber.watches:
            if watch.topic.kind == "table":
                watch.note_away()
        self._lot.send_last(subscriber, subscriber.wire.personal(data))

    def _whole(self, watch: Watch, subscriber: Subscriber) -> bytes:
        wire = subscriber.wire
        assert watch.news is not None
        if len(subscriber.watches) > 1 and not wire.shared_by_many_topics:
            return wire.tell((watch.news,), positions_of(subscriber), before=None)
        data = watch.frames.get(wire)
        if data is None:
            positions = ((watch.topic, str(watch.news.version)),)
            watch.frames[wire] = data = wire.tell((watch.news,), positions, before=None)
        return data

    def _turn(self, watch: Watch) -> None:
        try:
            while True:
                news = watch.news
                began, turn = time.monotonic(), Turn()
                self._tell_all(watch, turn)
                # Fan-out never takes more than a quarter of a worker, whatever the number of subscribers. What others
                # do in between is not counted: a busy worker would tell a crowd every ten seconds. What other programs
                # take from it is: paced by processor time alone, and half of the clock, a machine without an idle
                # moment told its hot post oftener, and everything else came later.
                watch.tick_seconds = max(TICK_SECONDS, turn.worked_seconds / FAN_OUT_SHARE)
                watch.sent_at = began
                if watch.topic.kind != "canary":
                    meters.fan_out.note(time.monotonic() - began)
                if watch.news is news or watch.is_idle:
                    return
                gevent.sleep(max(0.0, began + watch.tick_seconds - time.monotonic()))
        finally:
            watch.turning = False

    def _tell_all(self, watch: Watch, turn: Turn) -> None:
        news, before = watch.news, watch.told
        if news is None or (before is not None and before.version == news.version):
            return
        watch.told = news
        watch.told_text = str(news.version)
        self.updates += 1
        for wire, group in list(watch.groups.items()):
            members = list(group)
            if not wire.stays:
                self._answer_all(members, watch, turn)
                continue
            positions = ((watch.topic, str(news.version)),)
            data = wire.tell((news,), positions, before=before)
            if data:
                self._lot.send_state(members, data, watch, turn=turn)
            self.deliveries += len(members)
        for member in list(watch.singles):
            if not member.alive or watch not in member.watches:
                continue
            if member.wire.stays:
                if self.settle is not None:
                    self.settle(member)
                data = member.wire.tell((news,), positions_of(member), before=before)
                self._lot.send_state((member,), data, watch, turn=turn)
            else:
                self.answer(member, [watch])
            self.deliveries += 1

    def _answer_all(self, members: list[Subscriber], watch: Watch, turn: Turn) -> None:
        for number, member in enumerate(members, 1):
            # It may have been answered for another topic meanwhile, and be resting.
            if member.alive and watch in member.watches:
                self.answer(member, [watch])
            if not number % ANSWERS_PER_LOOK:
                turn.breathe_if_over()
        self.deliveries += len(members)


def positions_of(subscriber: Subscriber) -> Positions:
    """The topics of a connection with their newest versions."""
    return [(watch.topic, watch.version_text) for watch in subscriber.watches]


def _must_wait(watch: Watch) -> bool:
    # Ten ticks are a second for all but the largest crowds: there it keeps half of a worker from telling who comes.
    return time.monotonic() - watch.sent_at < max(UNHURRIED_SECONDS, UNHURRIED_TICKS * watch.tick_seconds)
