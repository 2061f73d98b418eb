"""Carries news between processes: hears only of topics that somebody in this one is watching."""

from __future__ import annotations

import logging
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Protocol

import gevent
from gevent.event import Event

from claps.live.breath import Turn
from claps.live.sources import Astray, Elsewhere, HalfRead, Source
from claps.live.watches import Watch
from claps.plain.channels import HOUSE_CHANNEL, take_name
from claps.plain.errors import ClapsError, Unavailable
from claps.plain.limits import RELOAD_SECONDS
from claps.plain.news import News
from claps.plain.topics import Topic

log = logging.getLogger(__name__)
LOADS_PER_TURN = 500


class Listening(Protocol):
    """What the relay needs of a pub/sub connection."""

    def join(self, names: list[str]) -> None: ...
    def leave(self, names: list[str]) -> None: ...
    def listen_once(self) -> None: ...
    def start_over(self, names: list[str]) -> None: ...


class Relay:
    """The way from channels to watches.

    Register first, then compare: a watch's state is read only after Redis has confirmed its subscription,
    so no change can fall between. After a reconnect every subscription is confirmed anew, and so every
    state is read again.

    :param sources: by kind of topic.
    :param offer: called with a watch and news that it may not know.
    :param loaded: called with a watch whose state was read.
    """

    def __init__(
        self, sources: dict[str, Source], offer: Callable[[Watch, News], None], loaded: Callable[[Watch], None]
    ) -> None:
        self._sources = sources
        self._offer = offer
        self._loaded = loaded
        self._listening: Listening | None = None
        self._by_channel: dict[str, set[Watch]] = defaultdict(set)
        self._to_join: list[str] = []
        self._to_load: dict[Watch, None] = {}
        self._stirred = Event()
        # What was heard of states and is not told yet, by channel, in the order in which it began to wait.
        self._newest: dict[str, str] = {}
        self._newer = Event()
        self.connected = False
        self.reconnects = 0
        # Each takes what workers tell each other about themselves, and leaves what it does not know.
        self.house_heard: list[Callable[[str], None]] = []
        # Called when that can be heard again: something may have been said meanwhile.
        self.house_joined: list[Callable[[], None]] = []

    def start(self, listening: Listening) -> None:
        """Begin to listen."""
        self._listening = listening
        gevent.spawn(self._listen)
        gevent.spawn(self._work)
        gevent.spawn(self._tell_newest)

    def follow(self, watch: Watch) -> None:
        """Hear of a watch's topic from now on, and read its state."""
        gevent.spawn(self._follow, watch)

    def _follow(self, watch: Watch) -> None:
        before = watch.channels
        try:
            channels = self._source(watch.topic).channels(watch.topic)
        except ClapsError as error:
            log.info("%s cannot be followed yet: %s", watch.topic, error.message)
            gevent.spawn_later(RELOAD_SECONDS, self._follow, watch)
            return
        if before and watch not in self._by_channel.get(before[0], ()):
            return  # It was forgotten meanwhile.
        self._part(watch, set(before).difference(channels))
        watch.channels = channels
        for channel in watch.channels:
            members = self._by_channel[channel]
            if not members:
                self._to_join.append(channel)
            members.add(watch)
        # When Redis is away nothing will be confirmed, but SQL may still know the last flushed state; and a
        # channel that was joined for another watch is not confirmed again.
        if not self.connected or not any(channel in self._to_join for channel in watch.channels):
            self._to_load[watch] = None
        self._stirred.set()

    def forget(self, watch: Watch) -> None:
        """Hear no more of a watch's topic."""
        self._part(watch, watch.channels)

    def _part(self, watch: Watch, channels: Iterable[str]) -> None:
        gone = []
        for channel in channels:
            members = self._by_channel.get(channel)
            if members is not None:
                members.discard(watch)
                if not members:
                    del self._by_channel[channel]
                    gone.append(channel)
        if gone and self._listening is not None and self.connected:
            try:
                self._listening.leave(gone)
            except Unavailable:
                log.debug("left %d channels while Redis was away", len(gone))

    def confirmed(self, channel: str) -> None:
        """Redis tells us of this channel from now on."""
        if channel == HOUSE_CHANNEL:
            for look in self.house_joined:
                look()
        for watch in self._by_channel.get(channel, ()):
            self._to_load[watch] = None
        self._stirred.set()

    def heard(self, channel: str, message: str) -> None:
        """Something was told on a channel.

        Of a state only the newest message is kept until it is its turn: a worker that cannot keep up tells less
        often, and never what was true a while ago.
        """
        if channel == HOUSE_CHANNEL:
            for take in self.house_heard:
                take(message)
        watches = self._by_channel.get(channel)
        if watches and all(watch.topic.is_state for watch in watches):
            self._newest[channel] = message
            self._newer.set()
        elif watches:
            self._tell(channel, message)

    def _tell_newest(self) -> None:
        while True:
            self._newer.wait()
            self._newer.clear()
            turn = Turn()
            while self._newest:
                channel = next(iter(self._newest))
                try:
                    self._tell(channel, self._newest.pop(channel))
                except Exception:
                    log.exception("telling what was heard on %s failed", channel)
                turn.breathe_if_over()

    def _tell(self, channel: str, message: str) -> None:
        name, message = take_name(channel, message)
        for watch in list(self._by_channel.get(channel, ())):
            if name and watch.topic.key != name:
                continue
            if watch.news is None:
                # Its state is being read, perhaps as it was before this: with it come up to 500 others, and some of
                # those from SQL. So it is read once more.
                self.read_again(watch)
                continue
            try:
                news = self._source(watch.topic).hear(watch.news, channel, message)
            except Elsewhere:
                self.follow(watch)
                continue
            except Astray:
                self.read_again(watch)
                continue
            if news is not None:
                self._offer(watch, news)

    def read_again(self, watch: Watch) -> None:
        """Read a watch's state again, because it may be another one by now."""
        self._to_load[watch] = None
        self._stirred.set()

    def doubt(self) -> None:
        """Take a new connection: nothing comes over this one any more, though nobody has closed it."""
        self.connected = False

    def _source(self, topic: Topic) -> Source:
        return self._sources[topic.kind]

    def _listen(self) -> None:
        assert self._listening is not None
        pause = 0.1
        lost = False
        while True:
            try:
                if not self.connected:
                    self._listening.start_over([HOUSE_CHANNEL, *self._by_channel])
                    if lost:
                        log.warning("the relay has Redis again")
                        lost = False
                    self.connected, pause = True, 0.1
                    self.reconnects += 1
                    # What was named while the connection was being made was not among those just joined.
                    self._stirred.set()
                self._listening.listen_once()
            except Unavailable as error:
                if self.connected:
                    log.warning("the relay lost Redis: %s", error.message)
                    lost = True
                self.connected = False
                gevent.sleep(random.uniform(pause / 2, pause))
                pause = min(2.0, pause * 2)
            except Exception:
                log.exception("the relay stumbled")
                self.connected = False
                gevent.sleep(1.0)

    def _work(self) -> None:
        while True:
            self._stirred.wait()
            self._stirred.clear()
            self._join_all()
            if not self._load_some():
                gevent.sleep(random.uniform(0.5, 1.0) * RELOAD_SECONDS)
                self._stirred.set()

    def _join_all(self) -> None:
        if not self.connected or self._listening is None:
            return  # They are joined when the connection is back.
        wanted, self._to_join = [name for name in self._to_join if name in self._by_channel], []
        if not wanted:
            return
        try:
            self._listening.join(wanted)
        except Unavailable:
            self.connected = False

    def _load_some(self) -> bool:
        # One reading for all who became curious in the same moment.
        while self._to_load:
            by_kind: dict[str, list[Watch]] = defaultdict(list)
            for watch in list(self._to_load)[:LOADS_PER_TURN]:
                del self._to_load[watch]
                by_kind[watch.topic.kind].append(watch)
            for kind, watches in by_kind.items():
                unread = self._load(self._sources[kind], watches)
                if unread:
                    self._to_load.update(dict.fromkeys(unread))
                    return False
        return True

    def _load(self, source: Source, watches: list[Watch]) -> list[Watch]:
        unread: list[Watch] = []
        try:
            found = source.read([watch.topic for watch in watches])
        except HalfRead as half:
            found = half.found
            unread = [watch for watch in watches if watch.topic not in found]
            log.info("%d topics cannot be read yet", len(unread))
        except ClapsError as error:
            log.info("%d topics cannot be read yet: %s", len(watches), error.message)
            return watches
        except Exception:
            log.exception("reading topics failed")
            return watches
        for watch in watches:
            try:
                self._take_in(watch, found.get(watch.topic))
            except Exception:
                # One topic that cannot be told must not make this process deaf to all others.
                log.exception("telling %s failed", watch.topic)
        return unread

    def _take_in(self, watch: Watch, news: News | None) -> None:
        if news is None:
            return
        if watch.news is None:
            watch.news = news
            self._loaded(watch)
        elif watch.news.version != news.version and not _is_older(news, watch.news):
            self._offer(watch, news)


def _is_older(news: News, than: News) -> bool:
    return news.version.epoch == than.version.epoch and news.version.offset < than.version.offset
