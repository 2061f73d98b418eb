"""One frame to many sockets: the loop that is the product."""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Callable, Sequence
from typing import Any

from claps.live.breath import Turn
from claps.live.rings import FRAME_BYTES, WRITES_PER_CALL, Ring, RingBroken, open_ring
from claps.live.subscribers import Subscriber, Unsent

log = logging.getLogger(__name__)
WRITES_PER_LOOK = 64
# For fewer than these a call for each is as quick, and most workers of most sites never need more.
LEAST_FOR_RING = 24


class Spreading:
    """Writes one frame to many: with io_uring 128 of them in one system call, and one by one where there is none.

    :param block: called with a subscriber and the rest of what its socket did not take.
    :param drop: called with a subscriber whose peer is gone.
    """

    def __init__(self, *, block: Callable[[Subscriber, bytes], Unsent], drop: Callable[[Subscriber], None]) -> None:
        self._block = block
        self._drop = drop
        self._ring: Ring | None = None
        self.may_use_ring = True

    def send(self, subscribers: Sequence[Subscriber], data: bytes, topic: Any, turn: Turn) -> int:
        """Write a frame to all; whose socket is full gets the topic's newest state when it is not any more.

        :return: the number of subscribers that were slow.
        """
        if len(subscribers) < LEAST_FOR_RING or len(data) > FRAME_BYTES or not self._has_ring():
            return self._send_one_by_one(subscribers, data, topic, turn)
        slow = 0
        for start in range(0, len(subscribers), WRITES_PER_CALL):
            turn.breathe_if_over()
            some = subscribers[start : start + WRITES_PER_CALL]
            ready = [subscriber for subscriber in some if subscriber.unsent is None]
            if len(ready) != len(some):
                slow += _mark_stale(some, topic)
            slow += self._send_some(ready, data, topic, turn)
        return slow

    def _has_ring(self) -> bool:
        if self._ring is None and self.may_use_ring:
            self._ring = open_ring()
            self.may_use_ring = self._ring is not None
        return self._ring is not None

    def _send_some(self, ready: list[Subscriber], data: bytes, topic: Any, turn: Turn) -> int:
        if self._ring is None:
            return self._send_one_by_one(ready, data, topic, turn)
        try:
            unsent = self._ring.send([subscriber.fd for subscriber in ready], data)
        except RingBroken as error:
            # Never seen; a kernel that is short of memory might. Whoever was reached has it, the others get it now.
            log.warning("io_uring failed, so each write is a system call from now on: %s", error)
            self._ring, self.may_use_ring = None, False
            return self._send_one_by_one(ready[error.done :], data, topic, turn)
        slow = 0
        for index, result in unsent:
            subscriber = ready[index]
            if result >= 0:
                self._block(subscriber, data[result:])
            elif result == -errno.EAGAIN:
                self._block(subscriber, b"").stale[topic] = None
            else:
                self._drop(subscriber)
                continue
            slow += 1
        return slow

    def _send_one_by_one(self, subscribers: Sequence[Subscriber], data: bytes, topic: Any, turn: Turn) -> int:
        # Per subscriber it costs one system call and little else.
        write, size, slow = os.write, len(data), 0
        for start in range(0, len(subscribers), WRITES_PER_LOOK):
            turn.breathe_if_over()
            for subscriber in subscribers[start : start + WRITES_PER_LOOK]:
                if subscriber.unsent is None:
                    try:
                        if (written := write(subscriber.fd, data)) != size:
                            self._block(subscriber, data[written:])
                            slow += 1
                    except BlockingIOError:
                        self._block(subscriber, b"").stale[topic] = None
                        slow += 1
                    except OSError:
                        self._drop(subscriber)
                elif subscriber.alive:
                    subscriber.unsent.stale[topic] = None
                    slow += 1
        return slow


def _mark_stale(some: Sequence[Subscriber], topic: Any) -> int:
    slow = 0
    for subscriber in some:
        if subscriber.unsent is not None and subscriber.alive:
            subscriber.unsent.stale[topic] = None
            slow += 1
    return slow
