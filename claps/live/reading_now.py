"""Tells Redis, a little behind and in no hurry, how many are reading each post in this process."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import gevent

from claps.live.hub import Hub
from claps.live.watches import Watch
from claps.plain.errors import Unavailable
from claps.plain.limits import PRESENCE_RENEW_SECONDS, PRESENCE_TELL_SECONDS

log = logging.getLogger(__name__)


class ReadingNow:
    """Keeps this worker's counts in Redis fresh.

    :param tell: sets this worker's counts by post, and returns all workers' sums; a post that is missing
        there has no tally in Redis at present.
    """

    def __init__(self, hub: Hub, tell: Callable[[dict[int, int]], dict[int, int]]) -> None:
        self._hub = hub
        self._tell = tell
        self._told: dict[Watch, int] = {}
        self._renewed_at = time.monotonic()
        self._telling: gevent.Greenlet[[], None] | None = None

    def start(self) -> None:
        """Begin to tell."""
        self._telling = gevent.spawn(self._run)

    def take_back(self) -> None:
        """Tell that nobody reads here any more, when this worker stops; afterwards nothing is told."""
        if self._telling is not None:
            # What it is telling at this moment may have arrived, although it is not noted as told.
            self._telling.kill()
        posts = {topic.number for topic in self._hub.watches if topic.kind == "post"}
        try:
            self._tell(dict.fromkeys(posts | {watch.topic.number for watch in self._told}, 0))
        except Unavailable as error:
            log.debug("the counts are left to expire: %s", error.message)

    def _run(self) -> None:
        while True:
            gevent.sleep(PRESENCE_TELL_SECONDS)
            try:
                self._turn()
            except Unavailable as error:
                log.debug("reading-now was not told: %s", error.message)
            except Exception:
                log.exception("reading-now stumbled")

    def _turn(self) -> None:
        now = time.monotonic()
        wanted, self._hub.unsettled = self._hub.unsettled, set()
        renew = now - self._renewed_at > PRESENCE_RENEW_SECONDS
        if renew:
            self._renewed_at = now
            wanted |= set(self._told)
        counts = {watch: watch.count_readers(now) for watch in wanted}
        self._hub.unsettled |= {watch for watch in wanted if watch.away}
        changed = {watch: count for watch, count in counts.items() if renew or self._told.get(watch, 0) != count}
        if not changed:
            return
        try:
            sums = self._tell({watch.topic.number: count for watch, count in changed.items()})
        except Unavailable:
            self._hub.unsettled |= set(changed)
            raise
        for watch, count in changed.items():
            if watch.topic.number not in sums:
                self._hub.unsettled.add(watch)
            elif count:
                self._told[watch] = count
            else:
                self._told.pop(watch, None)
