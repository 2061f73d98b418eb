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

    :param tell: sets this worker's count for a post; None says that the post's tally is not there.
    """

    def __init__(self, hub: Hub, tell: Callable[[int, int], int | None]) -> None:
        self._hub = hub
        self._tell = tell
        self._told: dict[Watch, int] = {}
        self._renewed_at = time.monotonic()

    def start(self) -> None:
        """Begin to tell."""
        gevent.spawn(self._run)

    def take_back(self) -> None:
        """Tell that nobody reads here any more, when this worker stops."""
        for watch, count in list(self._told.items()):
            if count:
                try:
                    self._tell(watch.topic.number, 0)
                except Unavailable:
                    return  # The counts expire by themselves.

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
        if now - self._renewed_at > PRESENCE_RENEW_SECONDS:
            self._renewed_at = now
            wanted |= {watch for watch, count in self._told.items() if count}
            renew = True
        else:
            renew = False
        for watch in wanted:
            count = watch.count_readers(now)
            if watch.away:
                self._hub.unsettled.add(watch)
            if renew or self._told.get(watch, 0) != count:
                self._set(watch, count)

    def _set(self, watch: Watch, count: int) -> None:
        try:
            total = self._tell(watch.topic.number, count)
        except Unavailable:
            self._hub.unsettled.add(watch)
            raise
        if total is None:
            self._hub.unsettled.add(watch)
        elif count:
            self._told[watch] = count
        else:
            self._told.pop(watch, None)
