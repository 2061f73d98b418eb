"""Where readers come from: gathered in the worker, and written down every few seconds."""

from __future__ import annotations

import logging
import random
import time

import gevent

from claps.plain.errors import ClapsError
from claps.plain.figures import DAY
from claps.plain.limits import REFERRERS_GATHERED, REFERRERS_SECONDS
from claps.plain.referrers import OTHERS, host_of
from claps.store.database import Database
from claps.store.referrers import add_referrers

log = logging.getLogger(__name__)


class Referrers:
    """Counts from which hosts pages of posts were asked for.

    Nobody waits for it and no cookie is needed. What a worker that is killed had gathered, of five seconds at most, is
    lost: that is a visit without its host, never a count.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._gathered: dict[tuple[int, int, str], int] = {}

    def note(self, post_id: int, address: str) -> None:
        """Count that a post's page was asked for from a page with this address; empty for none that is told."""
        day = int(time.time()) // 60 // DAY
        key = (post_id, day, host_of(address))
        if key not in self._gathered and len(self._gathered) >= REFERRERS_GATHERED:
            # Of these there are at most as many as there are posts.
            key = (post_id, day, OTHERS)
        self._gathered[key] = self._gathered.get(key, 0) + 1

    def write_down(self) -> int:
        """Write down what is gathered; return how many visits it was.

        :raises Unavailable: SQL does not answer; it is kept for the next time.
        """
        gathered, self._gathered = self._gathered, {}
        if not gathered:
            return 0
        try:
            self._database.transact(lambda: add_referrers(gathered))
        except ClapsError:
            for key, visits in gathered.items():
                self._gathered[key] = self._gathered.get(key, 0) + visits
            raise
        return sum(gathered.values())

    def run_forever(self) -> None:
        """Write down what is gathered every few seconds."""
        while True:
            gevent.sleep(REFERRERS_SECONDS * random.uniform(0.75, 1.25))
            self.write_quietly()

    def write_quietly(self) -> None:
        """Write down what is gathered, or say why not."""
        try:
            self.write_down()
        except ClapsError as error:
            log.info("where readers came from is written later: %s", error.message)
        except Exception:
            log.exception("where readers came from could not be written")
