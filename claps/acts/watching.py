"""Who watches tables in this worker: let in, counted, and shown out when they may not any more."""

from __future__ import annotations

import logging
from collections.abc import Iterable

import gevent

from claps.acts.tables import check_may_watch_table
from claps.hot.places import Places
from claps.live.hub import Hub
from claps.live.places import Doorkeeper, show_out, watchers_of
from claps.live.watches import Watch
from claps.live.wires import NOT_YOURS
from claps.plain.errors import NotFound, Refused, Unavailable
from claps.plain.limits import RELOAD_SECONDS
from claps.plain.people import Reader
from claps.plain.topics import Topic
from claps.store.database import Database

log = logging.getLogger(__name__)
# On the house's channel: this word, and the name of a table that somebody may not read any more.
TABLE = "table"


class Watching:
    """The way in to tables, and out.

    Who may read is asked once, at the door. When that changes, every worker is told, and asks again for those inside.
    """

    def __init__(self, database: Database, hub: Hub, places: Places) -> None:
        self._database = database
        self._hub = hub
        self._places = places
        self._entering: dict[Topic, int] = {}
        # Tables whose readers changed while somebody was between the question and the place.
        self._doubtful: set[Topic] = set()
        self.doorkeeper = Doorkeeper(hub, places)

    def enter(self, topic: Topic, reader: Reader | None, *, returning: bool = False) -> None:
        """Let a reader watch a table; call :meth:`entered` when that one waits, or will not.

        :param returning: the reader has watched it a moment ago.
        :raises NotFound: there is no such table.
        :raises Refused: the reader may not read it.
        :raises Crowded: a hundred watch it.
        """
        self._entering[topic] = self._entering.get(topic, 0) + 1
        try:
            check_may_watch_table(self._database, topic.key, reader)
            self.doorkeeper.take(topic, returning=returning)
        except BaseException:
            self._is_in(topic)
            raise

    def entered(self, topic: Topic) -> None:
        """Who was let in waits now, or did not come."""
        self.doorkeeper.give_back(topic)
        self._is_in(topic)

    def count(self, names: Iterable[str]) -> dict[str, int]:
        """Tell how many watch some tables; nothing while Redis is away."""
        try:
            return self._places.count(names)
        except Unavailable:
            return {}

    def hear(self, message: str) -> None:
        """Take what a worker said of the house."""
        word, _, name = message.partition(" ")
        if word != TABLE:
            return
        topic = Topic("table", name)
        if topic in self._entering:
            self._doubtful.add(topic)
        if topic in self._hub.watches:
            gevent.spawn(self._look_again, topic)

    def look_at_all(self) -> None:
        """Ask again for everybody inside: what was said while Redis was away was not heard."""
        gevent.spawn(self._look_at_all)

    def _look_at_all(self) -> None:
        for topic in [topic for topic in self._hub.watches if topic.kind == "table"]:
            self._look_again(topic)
            gevent.sleep(0)

    def _is_in(self, topic: Topic) -> None:
        self._entering[topic] -= 1
        if not self._entering[topic]:
            del self._entering[topic]
            if topic in self._doubtful:
                self._doubtful.discard(topic)
                gevent.spawn(self._look_again, topic)

    def _look_again(self, topic: Topic) -> None:
        while (watch := self._hub.watches.get(topic)) is not None:
            try:
                self._show_out(watch)
                return
            except Unavailable as error:
                log.info("who may watch %s is asked again: %s", topic, error.message)
                gevent.sleep(RELOAD_SECONDS)

    def _show_out(self, watch: Watch) -> None:
        reasons: dict[Reader | None, str] = {None: self._why_not(watch.topic, None)}
        if not reasons[None]:
            return  # Everybody may.
        for subscriber in watchers_of(watch):
            reader = subscriber.reader
            if reader not in reasons:
                reasons[reader] = self._why_not(watch.topic, reader)
            if reasons[reader] and subscriber.alive:
                show_out(self._hub, subscriber, NOT_YOURS, reasons[reader])

    def _why_not(self, topic: Topic, reader: Reader | None) -> str:
        try:
            check_may_watch_table(self._database, topic.key, reader)
        except (NotFound, Refused) as error:
            return error.message
        return ""
