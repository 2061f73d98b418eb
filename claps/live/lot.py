"""The parking lot: sockets without their requests, on one epoll, written to straight from one pre-encoded frame."""

from __future__ import annotations

import logging
import os
import select
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any

import gevent
from gevent import monkey
from gevent.event import Event

from claps.live.breath import Turn, breathe
from claps.live.dues import Dues
from claps.live.spreading import Spreading
from claps.live.subscribers import Subscriber, Unsent
from claps.plain.limits import CLOSING_SECONDS, PENDING_BYTES, READ_BYTES, REST_SECONDS, STUCK_SECONDS

log = logging.getLogger(__name__)

# gevent takes epoll out of the select module, because a blocking poll would stop everybody; ours never blocks.
_epoll: Callable[[], select.epoll] = monkey.get_original("select", "epoll")
# gevent's own close waits for its loop to come round, with a watcher and an event for every file (since 25.8.1).
_close: Callable[[int], None] = monkey.get_original("os", "close")
_IN = 0x001 | 0x2000  # EPOLLIN | EPOLLRDHUP
_OUT = 0x004  # EPOLLOUT
_GONE = 0x008 | 0x010  # EPOLLERR | EPOLLHUP
EVENTS_PER_TURN = 512
EVENTS_PER_LOOK = 16
_NOTHING_MORE = Unsent(b"")
_NOTHING_MORE.ending = True


class Lot:
    """Every parked socket of this process.

    :param arrived: called with a subscriber and the bytes that its peer sent; empty bytes mean it has left.
    :param drained: called with a subscriber whose socket takes bytes again, and a state topic it missed.
    :param left: called with every subscriber that is gone, or rests.
    :param overdue: called with a subscriber that has waited long enough for an answer.
    """

    def __init__(
        self,
        *,
        arrived: Callable[[Subscriber, bytes], None],
        drained: Callable[[Subscriber, Any], None],
        left: Callable[[Subscriber], None],
        overdue: Callable[[Subscriber], None],
    ) -> None:
        self._arrived = arrived
        self._drained = drained
        self._left = left
        self._overdue = overdue
        self._epoll = _epoll()
        # By file number: eight bytes for each, and nothing to hash.
        self.by_fd: list[Subscriber | None] = []
        self.count = 0
        self.dues = Dues()
        self.spreading = Spreading(block=self._block, drop=self.drop)
        # Takes a connection and what came over it, when it is not for us; set by a server that can.
        self.hand_back: Callable[[int, bytes], None] | None = None
        gevent.spawn(self._run)

    def park(self, fd: int, subscriber: Subscriber) -> None:
        """Take over a non-blocking socket by its number; it is closed by the lot."""
        while len(self.by_fd) <= fd:
            self.by_fd.append(None)
        self.by_fd[fd] = subscriber
        self.count += 1
        self._epoll.register(fd, _IN)

    def send(self, subscriber: Subscriber, data: bytes) -> None:
        """Write, behind what is waiting already; a peer that lets 256 KiB pile up is closed."""
        unsent = subscriber.unsent
        if not subscriber.alive:
            return
        if unsent is not None:
            if not unsent.ending:
                unsent.tail += data
                if len(unsent.tail) > PENDING_BYTES:
                    log.info("a subscriber does not read; closed with %d bytes unsent", len(unsent.tail))
                    self.drop(subscriber)
            return
        try:
            written = os.write(subscriber.fd, data)
        except BlockingIOError:
            written = 0
        except OSError:
            self.drop(subscriber)
            return
        if written < len(data):
            self._block(subscriber, data[written:])

    def hold(self, subscriber: Subscriber, data: bytes) -> None:
        """Keep what is written to a new subscriber until it is let go: a packet for all of it costs half as much."""
        subscriber.unsent = Unsent(data)

    def let_go(self, subscriber: Subscriber) -> None:
        """Write what was held."""
        held = subscriber.unsent
        if held is None or not subscriber.alive:
            return
        if held.ending:
            self._epoll.modify(subscriber.fd, _IN | _OUT)
            return
        subscriber.unsent = None
        if held.tail:
            self.send(subscriber, bytes(held.tail))

    def send_last(self, subscriber: Subscriber, data: bytes) -> None:
        """Write a whole answer; then the connection rests, if it is kept, or is closed."""
        self.send(subscriber, data)
        if subscriber.unsent is None:
            self._finish(subscriber)
        elif subscriber.alive:
            self._left(subscriber)
            subscriber.unsent.ending = True
            self.dues.set(subscriber, STUCK_SECONDS)

    def send_state(self, subscribers: Sequence[Subscriber], data: bytes, topic: Any, turn: Turn | None = None) -> int:
        """Write one frame to many; whose socket is full gets the newest state when it is not any more.

        :return: the number of subscribers that were slow.
        """
        return self.spreading.send(subscribers, data, topic, turn or Turn())

    def end(self, subscriber: Subscriber, last: bytes) -> None:
        """Write a last word, then close when the peer has it, or after two seconds."""
        if not subscriber.alive or (subscriber.unsent and subscriber.unsent.ending):
            return
        self.send(subscriber, last)
        if self.by_fd[subscriber.fd] is not subscriber:
            return
        unsent = subscriber.unsent
        if unsent is None:
            subscriber.unsent = unsent = Unsent(b"")
            self._shut(subscriber)
        unsent.ending = True
        subscriber.rest = None
        self._left(subscriber)
        self.dues.set(subscriber, CLOSING_SECONDS)

    def drop(self, subscriber: Subscriber) -> None:
        """Close at once."""
        if not subscriber.alive:
            return
        was_ending = subscriber.unsent is not None and subscriber.unsent.ending
        self._forget(subscriber)
        _close(subscriber.fd)
        if not was_ending:
            self._left(subscriber)

    def _forget(self, subscriber: Subscriber) -> None:
        subscriber.alive = False
        fd = subscriber.fd
        self.by_fd[fd] = None
        self.count -= 1
        self.dues.clear(subscriber)
        # Whoever still has it in a list must not write to its number, which may be another's by then.
        subscriber.unsent = _NOTHING_MORE
        try:
            self._epoll.unregister(fd)
        except OSError:
            log.debug("%d was not registered any more", fd)

    def sweep(self) -> None:
        """Do what has become due; to be called about every half second."""
        for subscriber in self.dues.sweep():
            unsent = subscriber.unsent
            if unsent is None:
                if subscriber.rest is not None and subscriber.rest.is_open:
                    self.drop(subscriber)
                else:
                    self._overdue(subscriber)
            elif unsent.ending:
                self.drop(subscriber)
            elif time.monotonic() - unsent.since >= STUCK_SECONDS:
                log.info("a subscriber does not read; closed with %d bytes unsent", len(unsent.tail))
                self.drop(subscriber)
            else:
                self.dues.set(subscriber, STUCK_SECONDS)

    def _block(self, subscriber: Subscriber, rest: bytes) -> Unsent:
        subscriber.unsent = unsent = Unsent(rest)
        self._epoll.modify(subscriber.fd, _IN | _OUT)
        self.dues.set(subscriber, STUCK_SECONDS)
        return unsent

    def _finish(self, subscriber: Subscriber) -> None:
        rest = subscriber.rest
        if rest is None or self.hand_back is None:
            self.drop(subscriber)
            return
        self._left(subscriber)
        subscriber.watches = ()
        rest.is_open = True
        self.dues.set(subscriber, REST_SECONDS)

    def give_back(self, subscriber: Subscriber, data: bytes) -> None:
        """Give a resting connection, and what came over it, to the HTTP server."""
        if self.hand_back is None:
            self.drop(subscriber)
            return
        self._forget(subscriber)
        self.hand_back(subscriber.fd, data)

    def _run(self) -> None:
        # Once: when an epoll is put into another, as by each of gevent's waits, the kernel looks for loops through
        # all its sockets, under one lock of the whole machine (a tenth of two cores, with 100,000 readers).
        watcher, stirred = gevent.get_hub().loop.io(self._epoll.fileno(), 1), Event()
        watcher.start(stirred.set)
        try:
            while True:
                while found := self._epoll.poll(0, EVENTS_PER_TURN):  # first: waiting may cost a turn of a fan-out
                    self._handle_some(found)
                    breathe()
                stirred.wait()
                stirred.clear()
        finally:
            watcher.stop()

    def _handle_some(self, found: list[tuple[int, int]]) -> None:
        # What is left over when the turn is over is found again.
        turn = Turn()
        for number, (fd, events) in enumerate(found, 1):
            subscriber = self.by_fd[fd]
            if subscriber is None:
                continue
            try:
                self._handle(subscriber, events)
            except Exception:
                log.exception("a subscriber's socket could not be handled")
                self.drop(subscriber)
            if not number % EVENTS_PER_LOOK and turn.is_over:
                return

    def _handle(self, subscriber: Subscriber, events: int) -> None:
        if events & _OUT:
            self._write_on(subscriber)
        if subscriber.alive and events & (_IN | _GONE):
            self._read(subscriber)

    def _read(self, subscriber: Subscriber) -> None:
        try:
            data = os.read(subscriber.fd, READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if subscriber.unsent is not None and subscriber.unsent.ending:
            if not data:
                self.drop(subscriber)
            return
        self._arrived(subscriber, data)

    def _write_on(self, subscriber: Subscriber) -> None:
        unsent = subscriber.unsent
        if unsent is None:
            self._epoll.modify(subscriber.fd, _IN)
            return
        try:
            written = os.write(subscriber.fd, unsent.tail)
        except BlockingIOError:
            return
        except OSError:
            self.drop(subscriber)
            return
        del unsent.tail[:written]
        unsent.since = time.monotonic()
        if unsent.tail:
            return
        self._epoll.modify(subscriber.fd, _IN)
        if unsent.ending:
            self._end_written(subscriber)
            return
        subscriber.unsent = None
        for topic in unsent.stale:
            self._drained(subscriber, topic)

    def _end_written(self, subscriber: Subscriber) -> None:
        if subscriber.rest is None:
            self._shut(subscriber)
        else:
            subscriber.unsent = None
            self._finish(subscriber)

    def _shut(self, subscriber: Subscriber) -> None:
        try:
            with socket.socket(fileno=os.dup(subscriber.fd)) as sock:
                sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.drop(subscriber)
