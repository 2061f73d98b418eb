"""The waits of this process: who subscribes, what they are told first, and how they leave."""

from __future__ import annotations

import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import cast

import gevent

from claps.live.breath import Turn
from claps.live.fan_out import FanOut, positions_of
from claps.live.framing import BadFrame, MessageReader, close_frame, is_pong, pong_frame
from claps.live.letting_in import LettingIn, nothing_new
from claps.live.logs import LogFanOut
from claps.live.lot import Lot
from claps.live.relay import Relay
from claps.live.returning import Rest, read_head
from claps.live.sources import LogSource, Source
from claps.live.subscribers import Subscriber
from claps.live.watches import LogWatch, Watch
from claps.live.wires import SERVICE_RESTART, Wire
from claps.plain.limits import DRAIN_BATCH, DRAIN_PAUSE_SECONDS, LOG_DOUBT_SECONDS, PING_SECONDS, PING_SLOTS
from claps.plain.news import News
from claps.plain.people import Reader
from claps.plain.topics import LIST_KINDS, LOG_KINDS, Topic

log = logging.getLogger(__name__)
Said = Callable[[Subscriber, str], None]


class Hub:
    """Everybody who waits in this process.

    :param sources: where news comes from, by kind of topic.
    """

    def __init__(self, sources: dict[str, Source]) -> None:
        self._sources = sources
        self.lot = Lot(
            arrived=self._arrived, drained=self._drained, left=self._left, overdue=self._nothing_new
        )
        self.fan_out = FanOut(self.lot)
        logs = {kind: source for kind, source in sources.items() if kind in LOG_KINDS}
        self.logs = LogFanOut(self.lot, self.fan_out, cast(dict[str, LogSource], logs))
        self.fan_out.settle = self.logs.settle
        self._letting_in = LettingIn(self.lot, self.fan_out, self.logs, cast(dict[str, LogSource], logs))
        self.relay = Relay(sources, self._offer, self._greet_waiting)
        self.watches: dict[Topic, Watch] = {}
        self.unsettled: set[Watch] = set()
        self.unseated: set[Topic] = set()
        self.said: Said | None = None
        self.draining = False
        # True while somebody else should take the next reader; whoever accepts may look at it.
        self.leaves_newcomers = False
        self.moved = 0
        # How many messages of a subscriber have no answer yet.
        self.unanswered: Counter[Subscriber] = Counter()
        self._spare_parser: MessageReader | None = None
        gevent.spawn(self._tick)

    def subscribe(
        self,
        fd: int,
        wire: Wire,
        asks: Iterable[tuple[Topic, str]],
        *,
        reader: Reader | None = None,
        wait_seconds: float = 0,
        opening: bytes = b"",
        rest: Rest | None = None,
    ) -> Subscriber:
        """Park a socket and tell it what it has not seen.

        :param asks: topics, each with the version that the other end has seen, empty for none.
        :param wait_seconds: for a long-poll, how long it waits.
        :param opening: written first, before anything of the wire's own.
        :param rest: for a long-poll whose connection is kept: what is remembered until the next question.
        """
        subscriber = Subscriber(fd, wire, reader)
        subscriber.rest = rest
        self.lot.park(fd, subscriber)
        if self.draining:
            self.lot.end(subscriber, wire.goodbye(SERVICE_RESTART, "service restart"))
            return subscriber
        wanted = list(asks)
        if wire.stays:
            self.lot.hold(subscriber, opening + wire.opening(wanted))
        self._let_in(subscriber, wanted, wait_seconds)
        if wire.stays:
            self.lot.let_go(subscriber)
        return subscriber

    def _let_in(self, subscriber: Subscriber, wanted: list[tuple[Topic, str]], wait_seconds: float) -> None:
        subscriber.watches = self._watches(wanted)
        self._count_in(subscriber, returning=any(seen for _, seen in wanted))
        if not subscriber.wire.stays:
            # Spread, so that those who came together do not come back together.
            self.lot.dues.set(subscriber, wait_seconds * random.uniform(1, 1 + 1 / 16))
        self._letting_in.let_in(subscriber, wanted, at_once=not wait_seconds)

    def _watches(self, wanted: list[tuple[Topic, str]]) -> tuple[Watch, ...]:
        first, *others = [self._watch(topic) for topic, _ in wanted]
        if not others:
            return first.alone
        together = (first, *others)
        return first.together.setdefault(together, together)

    def news_of(self, topic: Topic) -> News | None:
        """The newest news of a topic that somebody here is watching."""
        watch = self.watches.get(topic)
        return None if watch is None else watch.news

    def read(self, topic: Topic) -> News | None:
        """Read a topic's state without watching it.

        :raises Unavailable: it cannot be read now.
        """
        return self._sources[topic.kind].read([topic]).get(topic)

    def drain(self) -> None:
        """Close everybody in batches, with "service restart", so that they come back spread and elsewhere."""
        self.draining = True
        everybody = [subscriber for subscriber in self.lot.by_fd if subscriber is not None]
        random.shuffle(everybody)
        for start in range(0, len(everybody), DRAIN_BATCH):
            for subscriber in everybody[start : start + DRAIN_BATCH]:
                self.dismiss(subscriber, "service restart")
            gevent.sleep(DRAIN_PAUSE_SECONDS)
        deadline = time.monotonic() + 3
        while self.lot.count and time.monotonic() < deadline:
            gevent.sleep(0.02)

    def dismiss(self, subscriber: Subscriber, reason: str) -> None:
        """Let one go who comes back, here or elsewhere, over a new connection."""
        wire = subscriber.wire
        if wire.stays:
            self.lot.end(subscriber, wire.goodbye(SERVICE_RESTART, reason))
        elif not subscriber.watches:
            self.lot.drop(subscriber)
        else:
            subscriber.rest = None
            self._nothing_new(subscriber)

    def _watch(self, topic: Topic) -> Watch:
        watch = self.watches.get(topic)
        if watch is None:
            self.watches[topic] = watch = Watch(topic) if topic.is_state else LogWatch(topic)
            self.relay.follow(watch)
        return watch

    def _count_in(self, subscriber: Subscriber, *, returning: bool) -> None:
        # Who names several posts, or what is new in a list, looks over it, and is reading none of them.
        posts = [watch for watch in subscriber.watches if watch.topic.kind == "post"]
        if len(posts) != 1 or subscriber.wire.listed or any(one.topic.kind in LIST_KINDS for one in subscriber.watches):
            return
        subscriber.counted = posts[0]
        posts[0].readers += 1
        if returning and not subscriber.wire.stays:
            posts[0].note_back()
        self.unsettled.add(posts[0])

    def _greet_waiting(self, watch: Watch) -> None:
        waiting, watch.waiting = watch.waiting, []
        for greet in waiting:
            greet()

    def _offer(self, watch: Watch, news: News) -> None:
        if isinstance(watch, LogWatch):
            self.logs.offer(watch, news)
        else:
            self.fan_out.offer(watch, news)

    def _nothing_new(self, subscriber: Subscriber) -> None:
        if subscriber.wire.stays or (subscriber.unsent is not None and subscriber.unsent.ending):
            return
        self.logs.settle(subscriber)
        owed = [watch for watch in subscriber.watches if watch.topic.is_state and self.fan_out.owes(watch)]
        if owed and subscriber not in self._letting_in.behind:
            # It waits for its turn: an answer that there is nothing, at the newest version, would hide it for good.
            self.fan_out.answer(subscriber, owed)
        elif subscriber.watches:
            positions = self._letting_in.behind.get(subscriber) or positions_of(subscriber)
            self.fan_out.end_poll(subscriber, nothing_new(subscriber, positions))

    def _drained(self, subscriber: Subscriber, watch: Watch) -> None:
        if subscriber.unsent is None:
            self.fan_out.catch_up(subscriber, watch)
        else:
            subscriber.unsent.stale[watch] = None

    def _left(self, subscriber: Subscriber) -> None:
        for watch in subscriber.watches:
            watch.discard(subscriber)
        self.unseated.update(watch.topic for watch in subscriber.watches if watch.topic.kind == "table")
        self._letting_in.left(subscriber)
        if subscriber.counted is not None:
            subscriber.counted.readers -= 1
            self.unsettled.add(subscriber.counted)
            subscriber.counted = None

    def _arrived(self, subscriber: Subscriber, data: bytes) -> None:
        if not data:
            self.lot.drop(subscriber)
        elif subscriber.rest is not None and subscriber.rest.is_open:
            self._come_back(subscriber, subscriber.rest, data)
        elif subscriber.wire.name.startswith("socket"):
            self._read_frames(subscriber, data)
        # Nobody has anything to say on the other wires; what is sent there is read and forgotten.

    def _come_back(self, subscriber: Subscriber, rest: Rest, data: bytes) -> None:
        head = read_head(data)
        if head is None or head.mark != rest.mark or len(head.seen) != len(rest.topics) or self.draining:
            self.lot.give_back(subscriber, data)
            return
        rest.is_open = False
        self._let_in(subscriber, list(zip(rest.topics, head.seen, strict=True)), rest.wait_seconds)

    def _read_frames(self, subscriber: Subscriber, data: bytes) -> None:
        subscriber.seen = True
        if subscriber.parser is None and is_pong(data):
            return
        # Used again, because wsproto's parsers refer to themselves: with a new one for every pong the garbage
        # collector has to look at everything every few seconds.
        parser, self._spare_parser = subscriber.parser or self._spare_parser or MessageReader(), None
        try:
            for kind, payload in parser.read(data):
                self._take(subscriber, kind, payload)
        except BadFrame as error:
            self.lot.end(subscriber, close_frame(error.code, error.reason))
            return
        subscriber.parser, self._spare_parser = (None, parser) if parser.is_idle else (parser, None)

    def _take(self, subscriber: Subscriber, kind: str, payload: str | bytes | int) -> None:
        if kind == "ping" and isinstance(payload, bytes):
            self.lot.send(subscriber, pong_frame(payload))
        elif kind == "close" and isinstance(payload, int):
            self.lot.end(subscriber, close_frame(payload if payload != 1005 else 1000))
        elif kind == "text" and isinstance(payload, str):
            if self.said is None or subscriber.wire.name != "socket-json":
                raise BadFrame(1003, "this socket is for listening")
            self.said(subscriber, payload)

    def _tick(self) -> None:
        slot, minute, doubted_at = 0, int(time.time()) // 60, time.monotonic()
        while True:
            gevent.sleep(PING_SECONDS / PING_SLOTS)
            try:
                self.lot.sweep()
                self.fan_out.tell_unhurried()
                self._beat(slot)
                self._let_go()
                if minute != (minute := int(time.time()) // 60):
                    self._age()
                if time.monotonic() - doubted_at > LOG_DOUBT_SECONDS:
                    doubted_at = time.monotonic()
                    self._doubt_logs()
            except Exception:
                log.exception("the hub's tick stumbled")
            slot = (slot + 1) % PING_SLOTS

    def _beat(self, slot: int) -> None:
        # Every subscriber once in 25 seconds, each slot its share: a mass reconnect is not a mass ping.
        turn = Turn()
        for fd in range(slot, len(self.lot.by_fd), PING_SLOTS):
            turn.breathe_if_over()
            subscriber = self.lot.by_fd[fd]
            if subscriber is None or not subscriber.wire.stays:
                continue
            if subscriber.wire.name.startswith("socket"):
                if not subscriber.seen:
                    self.lot.drop(subscriber)
                    continue
                subscriber.seen = False
            if subscriber not in self._letting_in.behind:
                self.logs.settle(subscriber)
                self.lot.send(subscriber, subscriber.wire.heartbeat(positions_of(subscriber)))

    def _age(self) -> None:
        # A dashboard tells of the last minutes, and they pass without anybody's clap. Its posts may be others by now.
        for topic, watch in self.watches.items():
            if topic.kind == "writer":
                self.relay.follow(watch)

    def _doubt_logs(self) -> None:
        # What was persisted but never told, because a process died between or Redis was away, is found here.
        for watch in self.watches.values():
            if isinstance(watch, LogWatch) and not watch.is_idle:
                self.relay.read_again(watch)

    def _let_go(self) -> None:
        now = time.monotonic()
        for topic, watch in [item for item in self.watches.items() if item[1].may_go(now)]:
            del self.watches[topic]
            self.unsettled.discard(watch)
            self.relay.forget(watch)
