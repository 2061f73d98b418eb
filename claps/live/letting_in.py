"""Lets subscribers in: brings each up to date before it stands among those who are told what is new.

Register first, then compare: what is known of a topic is compared with what the other end has seen in the same
breath in which it is put among the others, so nothing can fall between. Of a log topic it may have missed more than
is at hand; then SQL is read first, and it stands among the others when it has caught up.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from functools import partial

import gevent

from claps.live.fan_out import FanOut, positions_of
from claps.live.logs import LogFanOut
from claps.live.lot import Lot
from claps.live.sources import Astray, LogSource
from claps.live.subscribers import Subscriber
from claps.live.watches import LogWatch, Watch, follows
from claps.live.wires import TRY_AGAIN_LATER, Wire
from claps.plain.errors import ClapsError
from claps.plain.limits import LOG_TICK_SECONDS
from claps.plain.news import News
from claps.plain.patience import SQL_ANSWER_SECONDS
from claps.plain.topics import Topic
from claps.plain.versions import BEGIN_ANEW, PAGED, Version, parse_position

log = logging.getLogger(__name__)
Wanted = list[tuple[Topic, str]]
# A log that is begun anew again and again while one reads it is not followed any further.
OPENINGS = 4


class LettingIn:
    """The way from the door to the others.

    :param sources: by kind of topic.
    """

    def __init__(self, lot: Lot, fan_out: FanOut, logs: LogFanOut, sources: dict[str, LogSource]) -> None:
        self._lot = lot
        self._fan_out = fan_out
        self._logs = logs
        self._sources = sources
        # Who has not caught up: what was seen of each topic is what was asked with, not what others were told.
        self.behind: dict[Subscriber, Wanted] = {}
        logs.begin_anew = self._begin_anew

    def let_in(self, subscriber: Subscriber, wanted: Wanted, *, at_once: bool) -> None:
        """Tell one what it has not seen, and let it wait for more.

        :param wanted: the topics of its watches, each with the version it has seen.
        :param at_once: for a long-poll that will not wait: answer, news or not, as soon as all is known.
        """
        if not subscriber.wire.stays:
            self._let_poller_in(subscriber, wanted, at_once=at_once)
            return
        for watch, (_, seen) in zip(subscriber.watches, wanted, strict=True):
            if isinstance(watch, LogWatch):
                self._join(subscriber, watch, seen)
            else:
                watch.add(subscriber)
                self._greet(subscriber, watch, seen)

    def left(self, subscriber: Subscriber) -> None:
        """Forget one who is gone, or was answered."""
        self.behind.pop(subscriber, None)

    def _greet(self, subscriber: Subscriber, watch: Watch, seen: str) -> None:
        if watch.news is None:
            watch.waiting.append(partial(self._greet, subscriber, watch, seen))
        elif subscriber.alive and watch in subscriber.watches and watch.version_text != seen:
            self._fan_out.catch_up(subscriber, watch)

    def _join(self, subscriber: Subscriber, watch: LogWatch, seen: str) -> None:
        if not subscriber.alive or watch not in subscriber.watches:
            return
        watch.coming[subscriber] = None
        if watch.news is None:
            watch.waiting.append(partial(self._join, subscriber, watch, seen))
            return
        version = _whole(seen)
        if version != watch.news.version:
            news = watch.since(version) if version is not None else None
            if news is None:
                self.behind[subscriber] = []
                gevent.spawn(self._bring_up, subscriber, watch, seen)
                return
            self._logs.tell(subscriber, [news])
        watch.add(subscriber)

    def _begin_anew(self, subscriber: Subscriber, watch: LogWatch) -> None:
        watch.discard(subscriber)
        if subscriber.wire.stays:
            watch.coming[subscriber] = None
            self.behind[subscriber] = []
            gevent.spawn(self._bring_up, subscriber, watch, BEGIN_ANEW)
            return
        wanted = [(one.topic, BEGIN_ANEW if one is watch else one.version_text) for one in subscriber.watches]
        self._note_behind(subscriber, wanted)
        gevent.spawn(self._read_and_answer, subscriber, wanted, False)

    def _bring_up(self, subscriber: Subscriber, watch: LogWatch, at: str) -> None:
        openings = 0
        try:
            while _waits_for(subscriber, watch) and openings < OPENINGS:
                seen = self._meet(watch, _whole(at))
                assert watch.news is not None
                if seen == watch.news.version:
                    watch.add(subscriber)
                    return
                openings += seen is None
                at = self._tell_unseen(subscriber, watch, seen, at)
            self._lot.end(subscriber, subscriber.wire.goodbye(TRY_AGAIN_LATER, "come back"))
        except ClapsError as error:
            log.info("%s cannot be read for one who comes back: %s", watch.topic, error.message)
            self._lot.end(subscriber, subscriber.wire.goodbye(TRY_AGAIN_LATER, "not now; come back"))
        finally:
            self.behind.pop(subscriber, None)

    def _tell_unseen(self, subscriber: Subscriber, watch: LogWatch, seen: Version | None, at: str) -> str:
        # One part after the other, each when the one before it is on its way: a snapshot is never here as a whole.
        try:
            for news in self._unseen(subscriber.wire, watch, seen, at):
                self._logs.tell(subscriber, [news])
                at = news.position
                self._wait_for_room(subscriber)
                if not _waits_for(subscriber, watch):
                    break
        except Astray:
            log.info("%s was compacted while one was told all of it", watch.topic)
        return at

    def _let_poller_in(self, subscriber: Subscriber, wanted: Wanted, *, at_once: bool) -> None:
        if not subscriber.alive or not subscriber.watches:
            return
        cold = next((watch for watch in subscriber.watches if watch.news is None), None)
        if cold is not None:
            # One answer tells of all topics, so it waits until all of them are known.
            self._note_behind(subscriber, wanted)
            cold.waiting.append(partial(self._let_poller_in, subscriber, wanted, at_once=at_once))
            return
        told: list[News] = []
        for watch, (_, seen) in zip(subscriber.watches, wanted, strict=True):
            if watch.version_text != seen:
                if not at_once and self._has_what_was_told(subscriber, watch, seen):
                    break
                news = self._at_hand(watch, seen)
                if news is None:
                    self._note_behind(subscriber, wanted)
                    gevent.spawn(self._read_and_answer, subscriber, wanted, at_once)
                    return
                told.append(news)
        self.behind.pop(subscriber, None)
        if told:
            self._fan_out.end_poll(subscriber, subscriber.wire.tell(told, positions_of(subscriber), before=None))
            return
        for watch in subscriber.watches:
            watch.add(subscriber)
        if at_once:
            self._fan_out.end_poll(subscriber, nothing_new(subscriber, positions_of(subscriber)))

    def _has_what_was_told(self, subscriber: Subscriber, watch: Watch, seen: str) -> bool:
        # While claps come there is always something newer. Who polls gets it with the others, at the topic's tick;
        # answered at once, each would ask as often as its way here and back allows.
        if isinstance(watch, LogWatch) or len(subscriber.watches) > 1:
            return False
        return watch.told_text == seen and self._fan_out.owes(watch)

    def _note_behind(self, subscriber: Subscriber, wanted: Wanted) -> None:
        self.behind[subscriber] = wanted
        for watch in subscriber.watches:
            watch.coming[subscriber] = None

    def _at_hand(self, watch: Watch, seen_text: str) -> News | None:
        if not isinstance(watch, LogWatch):
            return watch.news
        seen = _whole(seen_text)
        return watch.since(seen) if seen is not None else None

    def _read_and_answer(self, subscriber: Subscriber, wanted: Wanted, at_once: bool) -> None:
        try:
            all_news: list[News] = []
            positions: Wanted = []
            for watch, (topic, seen_text) in zip(subscriber.watches, wanted, strict=True):
                seen = _whole(seen_text)
                if isinstance(watch, LogWatch):
                    seen = self._meet(watch, seen)
                assert watch.news is not None
                unseen = () if watch.news.version == seen else self._unseen(subscriber.wire, watch, seen, seen_text)
                told = _one_answer(unseen)
                all_news.extend(told)
                positions.append((topic, told[-1].position if told else str(watch.news.version)))
            if not all_news:
                self._let_poller_in(subscriber, positions, at_once=at_once)
            elif subscriber.alive and subscriber.watches:
                self._fan_out.end_poll(subscriber, subscriber.wire.tell(all_news, positions, before=None))
        except (ClapsError, Astray) as error:
            log.info("a topic cannot be read for one who comes back: %s", error)
            self._lot.drop(subscriber)
        finally:
            self.behind.pop(subscriber, None)

    def _meet(self, watch: LogWatch, seen: Version | None) -> Version | None:
        # Another process may have told it more than we have heard: read that, and let the others have it first.
        # What SQL does not know either was never seen here.
        assert watch.news is not None
        if seen is None or _is_within(seen, watch.news.version):
            return seen
        self._logs.fill(watch)
        deadline = time.monotonic() + SQL_ANSWER_SECONDS
        while watch.incoming and time.monotonic() < deadline:
            gevent.sleep(LOG_TICK_SECONDS)
        return seen if _is_within(seen, watch.news.version) else None

    def _unseen(self, wire: Wire, watch: Watch, seen: Version | None, at: str) -> Iterable[News]:
        assert watch.news is not None
        if not isinstance(watch, LogWatch):
            return [watch.news]
        source = self._sources[watch.topic.kind]
        if seen is not None:
            news = watch.since(seen) or source.after(watch.topic, seen.offset, upto=watch.news.version.offset)
            if not news.resync:
                return [news]
        if not wire.tells_snapshots:
            return [News(watch.topic, watch.news.version, value=watch.news.value, resync=True)]
        return source.opening(watch.topic, at)

    def _wait_for_room(self, subscriber: Subscriber) -> None:
        # Whoever reads nothing for ten seconds is closed by the lot.
        while subscriber.alive and subscriber.unsent is not None and not subscriber.unsent.ending:
            gevent.sleep(LOG_TICK_SECONDS)


def _waits_for(subscriber: Subscriber, watch: Watch) -> bool:
    return subscriber.alive and watch in subscriber.watches


def _whole(seen: str) -> Version | None:
    # Who was cut off within a snapshot has seen no version whole.
    position = parse_position(seen)
    return None if position is None or position.cursor is not None else position.version


def _one_answer(unseen: Iterable[News]) -> list[News]:
    # The next part of a snapshot is asked for like anything else that comes after.
    told: list[News] = []
    for news in unseen:
        told.append(news)
        if news.state is not None and news.cursor not in (None, PAGED):
            break
    return told


def _is_within(seen: Version, version: Version) -> bool:
    return follows(seen, version) and seen.offset <= version.offset


def nothing_new(subscriber: Subscriber, positions: Sequence[tuple[Topic, str]]) -> bytes:
    """The answer to a wait that ended without news."""
    all_news = [watch.news for watch in subscriber.watches if watch.news is not None]
    wire = subscriber.wire if subscriber.rest is not None else subscriber.wire.closing
    return wire.nothing_new(all_news, positions)
