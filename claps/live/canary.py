"""Does a clap arrive? Each worker claps on a topic that nobody else sees, and looks whether a socket is told.

What it goes through is what everybody's clap goes through: Redis with its disk, pub/sub, the relay, the fan-out, the
lot, a socket. A connection for pub/sub may be open and dead; then every call is answered, and nobody is told anything.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterable, Sequence

import gevent
import gevent.socket

from claps.live.hub import Hub
from claps.live.wires import Positions, Wire
from claps.plain.errors import Unavailable
from claps.plain.meters import meters
from claps.plain.news import News
from claps.plain.topics import Topic
from claps.plain.versions import Version

log = logging.getLogger(__name__)
CLAP_SECONDS = 5.0
# After so many seconds without a sign the relay takes a new connection, and after so many nobody should be sent here.
DOUBT_SECONDS = 8.0
DEAD_SECONDS = 16.0


class Perch(Wire):
    """The wire of a canary: the number of the newest clap, and nothing else. Nobody moves it to another worker."""

    name = "canary"
    returns_soon = False

    def __init__(self) -> None:
        self.closing = self

    def tell(self, all_news: Sequence[News], positions: Positions, *, before: News | None) -> bytes:
        """One line."""
        return b"%d\n" % all_news[-1].version.offset


class CanarySource:
    """Where a canary's news comes from: the message is the number of its newest clap."""

    def channels(self, topic: Topic) -> tuple[str, ...]:
        """One, named as the topic."""
        return (str(topic),)

    def read(self, topics: Iterable[Topic]) -> dict[Topic, News]:
        """What was told while nobody listened is not told again."""
        return {topic: News(topic, Version("c", 0)) for topic in topics}

    def hear(self, news: News, channel: str, message: str) -> News | None:
        """A clap, unless a newer one was heard."""
        number = int(message)
        return News(news.topic, Version("c", number)) if number > news.version.offset else None


class Canary:
    """This worker's canary.

    :param clap: takes the number of a clap and the channel on which it is told; raises Unavailable.
    :param worker: a name that no other living worker has.
    """

    def __init__(self, hub: Hub, clap: Callable[[int, str], None], *, worker: str) -> None:
        self._hub = hub
        self._do_clap = clap
        self._topic = Topic("canary", worker)
        self._number = 0
        # When each clap was begun that has not come back; of those that Redis has not taken nothing is expected.
        self._out: dict[int, float] = {}
        self._doubted_at = 0.0
        # How much of what the fan-out has told was for the canary alone.
        self.updates = 0

    def start(self) -> None:
        """Begin to clap and to look."""
        gevent.spawn(self._look)
        gevent.spawn(self._clap_forever)

    @property
    def silent_seconds(self) -> float:
        """How long the oldest clap has been out that did not come back, nor any after it."""
        return time.monotonic() - min(self._out.values()) if self._out else 0.0

    @property
    def is_alive(self) -> bool:
        """False when what Redis takes has reached nobody here for some time."""
        return self.silent_seconds < DEAD_SECONDS

    def clap(self) -> None:
        """Clap once; whether it comes back is seen later.

        :raises Unavailable: Redis did not take it.
        """
        self._number = number = self._number + 1
        self._out[number] = time.monotonic()
        try:
            self._do_clap(number, str(self._topic))
        except BaseException:
            self._out.pop(number, None)
            raise

    def look_after(self) -> None:
        """Let the relay take a new connection when nothing has come over this one for too long."""
        now = time.monotonic()
        if self.silent_seconds > DOUBT_SECONDS and now - self._doubted_at > DOUBT_SECONDS:
            self._doubted_at = now
            log.warning("nothing has been heard for %.0f s of what Redis took: subscribing anew", self.silent_seconds)
            self._hub.relay.doubt()

    def _clap_forever(self) -> None:
        while not self._hub.draining:
            gevent.sleep(CLAP_SECONDS * random.uniform(0.75, 1.25))
            try:
                self.clap()
            except Unavailable as error:
                log.debug("the canary did not clap: %s", error.message)
            except Exception:
                log.exception("the canary stumbled")
            self.look_after()

    def _look(self) -> None:
        while not self._hub.draining:
            try:
                self._watch()
            except OSError as error:
                log.warning("the canary has no socket: %s", error)
            gevent.sleep(CLAP_SECONDS * random.uniform(0.75, 1.25))

    def _watch(self) -> None:
        ours, parked = gevent.socket.socketpair()
        with ours:
            parked.setblocking(False)
            self._hub.subscribe(parked.detach(), Perch(), [(self._topic, "")])
            while data := ours.recv(4096):
                # Several at once, when this worker had no time: only the newest matters, of any state.
                numbers = [int(number) for number in data.split()]
                self.updates += sum(map(bool, numbers))
                self._see(numbers[-1])

    def _see(self, number: int) -> None:
        began = self._out.get(number)
        if began is not None:
            meters.sight.note(time.monotonic() - began)
            if self._doubted_at:
                self._doubted_at = 0.0
                log.warning("what Redis takes is heard again")
        self._out = {one: at for one, at in self._out.items() if one > number}
