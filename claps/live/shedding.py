"""Sends readers from a worker that has clearly more than the others to those, a few at a time."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable

import gevent

from claps.live.hub import Hub
from claps.live.subscribers import Subscriber
from claps.plain.errors import Unavailable
from claps.plain.limits import LOAD_LIVES_SECONDS, LOAD_SECONDS
from claps.plain.loads import Balance, Load, read_load

log = logging.getLogger(__name__)
STEPS = 5
LOOKS_PER_PICK = 8
MOVING = "moving to a less busy worker"


class Shedding:
    """Tells the other workers how many subscribers this one has, hears the same of them, and sheds a surplus.

    Nothing is kept in Redis, and nothing is ever added and taken away: a worker that has said nothing for five
    seconds does not count. One that does not hear itself is deaf, and sheds nobody.

    :param tell: tells all workers.
    :param node: the same for workers that accept from one listener, without blanks.
    :param worker: a name that no other living worker has, without blanks.
    """

    def __init__(self, hub: Hub, tell: Callable[[str], None], *, node: str, worker: str) -> None:
        self._hub = hub
        self._tell = tell
        self._node = node
        self._worker = worker
        self._heard: dict[str, tuple[Load, float]] = {}
        self._balance = Balance()
        self._running: gevent.Greenlet[[], None] | None = None

    def start(self) -> None:
        """Begin to tell, to hear, and to shed."""
        self._hub.relay.house_heard.append(self.heard)
        self._running = gevent.spawn(self._run)

    def take_back(self) -> None:
        """Tell that this worker leaves, and shed no more; what it has is closed by the hub."""
        if self._running is not None:
            self._running.kill()
        self._hub.leaves_newcomers = False
        try:
            self._tell(str(Load(self._node, self._worker, None)))
        except Unavailable as error:
            log.debug("the others find out that this worker is gone: %s", error.message)

    def heard(self, message: str) -> None:
        """A worker has told its load; this one's own words come back as well."""
        load = read_load(message)
        if load is None:
            return
        if load.subscribers is None:
            self._heard.pop(load.worker, None)
        else:
            self._heard[load.worker] = (load, time.monotonic())

    def _run(self) -> None:
        while True:
            count = 0
            try:
                self._tell(str(Load(self._node, self._worker, self._hub.lot.count)))
                count = self._turn()
            except Unavailable as error:
                log.debug("the load was not told: %s", error.message)
                self._rest()
            except Exception:
                log.exception("shedding stumbled")
                self._rest()
            for step in range(STEPS):
                gevent.sleep(LOAD_SECONDS / STEPS * random.uniform(0.9, 1.1))
                self._shed(count * (step + 1) // STEPS - count * step // STEPS)

    def _turn(self) -> int:
        now = time.monotonic()
        self._heard = {name: told for name, told in self._heard.items() if now - told[1] <= LOAD_LIVES_SECONDS}
        if self._worker not in self._heard or self._hub.draining:
            self._rest()
            return 0
        others = [load for load, _ in self._heard.values() if load.worker != self._worker]
        own = self._hub.lot.count
        was_shedding = self._balance.is_shedding
        count = self._balance.turn(own, [load.subscribers or 0 for load in others], now)
        if count and not was_shedding:
            log.info("%d subscribers here, clearly more than the mean: some are sent to other workers", own)
        neighbours = [load.subscribers or 0 for load in others if load.node == self._node]
        self._hub.leaves_newcomers = self._balance.leaves_newcomers(own, neighbours)
        return count

    def _rest(self) -> None:
        self._balance.stop(time.monotonic())
        self._hub.leaves_newcomers = False

    def _shed(self, count: int) -> None:
        try:
            for subscriber in self._pick(count):
                self._hub.dismiss(subscriber, MOVING)
                self._hub.moved += 1
        except Exception:
            log.exception("shedding stumbled")

    def _pick(self, count: int) -> list[Subscriber]:
        # By chance, and not by going through everybody for the sake of a few.
        by_fd = self._hub.lot.by_fd
        picked: dict[Subscriber, None] = {}
        for _ in range(count * LOOKS_PER_PICK):
            subscriber = random.choice(by_fd)
            if subscriber is not None and self._may_move(subscriber):
                picked[subscriber] = None
                if len(picked) == count:
                    break
        return list(picked)

    def _may_move(self, subscriber: Subscriber) -> bool:
        # One who rests between two polls is gone in a moment; one who is slow has something coming; and to one
        # whose claps are on their way to Redis the acknowledgement must still be told.
        return (
            subscriber.alive
            and subscriber.wire.returns_soon
            and bool(subscriber.watches)
            and subscriber.unsent is None
            and subscriber not in self._hub.unanswered
        )
