"""Who has left lately, and who has signed out everywhere: their sessions are still about in browsers, and nobody's."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import gevent

from claps.plain.errors import ClapsError
from claps.plain.limits import LEFT_DAYS, LEFT_LOOK_SECONDS
from claps.store.database import Database
from claps.store.people import left_since
from claps.store.session_turns import turns_since

log = logging.getLogger(__name__)
# On the house's channel: this word, and the number of one who has left.
LEFT = "left"
# This one, the number of one who has signed out everywhere, and the turn of their sessions that has begun.
OUT = "out"
# A commit may come later than its time says, and clocks differ.
_OVERLAP = timedelta(seconds=60)


class Departed:
    """The numbers of those who have left, and the turns of sessions, at hand in every worker.

    A clap asks nobody but Redis; it must not have to ask SQL whether its reader is still here. Workers tell each
    other, and ask SQL every few seconds for what they did not hear.

    :ivar ended: called with the number of one whose sessions are over.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.ended: Callable[[int], None] = lambda person_id: None
        self._ids: set[int] = set()
        self._turns: dict[int, int] = {}
        self._since = datetime.now(UTC) - timedelta(days=LEFT_DAYS)

    def has_left(self, person_id: int) -> bool:
        """Tell whether somebody has left, as far as it is known here; never waits."""
        return person_id in self._ids

    def is_over(self, person_id: int, turn: int) -> bool:
        """Tell whether a session of this turn is over, as far as it is known here; never waits."""
        return turn < self._turns.get(person_id, 0)

    def note(self, person_id: int) -> None:
        """Somebody has left."""
        self._ids.add(person_id)

    def note_turn(self, person_id: int, turn: int) -> None:
        """Somebody has signed out everywhere."""
        if self.is_over(person_id, turn - 1):
            return  # it is known
        self._turns[person_id] = turn
        self.ended(person_id)

    def hear(self, message: str) -> None:
        """Take what another worker, or this one, said of the house."""
        word, *numbers = message.split(" ")
        if not all(number.isdecimal() for number in numbers):
            return
        if word == LEFT and len(numbers) == 1:
            self.note(int(numbers[0]))
        elif word == OUT and len(numbers) == 2:
            self.note_turn(int(numbers[0]), int(numbers[1]))

    def look(self) -> None:
        """Read who has left, or signed out everywhere, since this was read last.

        :raises Unavailable: SQL does not answer.
        """
        began = datetime.now(UTC)
        with self._database.reading():
            self._ids.update(left_since(self._since))
            turns = turns_since(self._since)
        for person_id, turn in turns:
            self.note_turn(person_id, turn)
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
