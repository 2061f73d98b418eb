"""Who has left lately: their sessions are still about in browsers, and nobody's."""

from __future__ import annotations

import logging
import random
from datetime import UTC, datetime, timedelta

import gevent

from claps.plain.errors import ClapsError
from claps.plain.limits import LEFT_DAYS, LEFT_LOOK_SECONDS
from claps.store.database import Database
from claps.store.people import left_since

log = logging.getLogger(__name__)
# On the house's channel: this word, and the number of one who has left.
LEFT = "left"
# A commit may come later than its time says, and clocks differ.
_OVERLAP = timedelta(seconds=60)


class Departed:
    """The numbers of those who have left, at hand in every worker.

    A clap asks nobody but Redis; it must not have to ask SQL whether its reader is still here. Workers tell each
    other, and ask SQL every few seconds for what they did not hear.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ids: set[int] = set()
        self._since = datetime.now(UTC) - timedelta(days=LEFT_DAYS)

    def has_left(self, person_id: int) -> bool:
        """Tell whether somebody has left, as far as it is known here; never waits."""
        return person_id in self._ids

    def note(self, person_id: int) -> None:
        """Somebody has left."""
        self._ids.add(person_id)

    def hear(self, message: str) -> None:
        """Take what another worker, or this one, said of the house."""
        word, _, number = message.partition(" ")
        if word == LEFT and number.isdecimal():
            self.note(int(number))

    def look(self) -> None:
        """Read who has left since this was read last.

        :raises Unavailable: SQL does not answer.
        """
        began = datetime.now(UTC)
        with self._database.reading():
            self._ids.update(left_since(self._since))
        self._since = began - _OVERLAP

    def run_forever(self) -> None:
        """Look now and then."""
        while True:
            try:
                self.look()
            except ClapsError as error:
                log.info("who has left is read later: %s", error.message)
            except Exception:
                log.exception("who has left was not read")
            gevent.sleep(LEFT_LOOK_SECONDS * random.uniform(0.75, 1.25))
