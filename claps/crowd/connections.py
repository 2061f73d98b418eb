"""One epoll for the whole crowd, and connections that are a file number and a few words of state."""

from __future__ import annotations

import errno
import heapq
import itertools
import os
import select
import socket
import time
from collections.abc import Callable
from typing import Any

from gevent import monkey

from claps.crowd.targets import Target

# gevent takes epoll out of its module, makes sockets that wait for greenlets, and closes a file only when its
# own loop comes round, which here it never does: the crowd has no greenlets, and goes to the kernel itself.
_epoll: Callable[[], select.epoll] = monkey.get_original("select", "epoll")
_socket: Any = monkey.get_original("socket", "socket")
_close: Callable[[int], None] = monkey.get_original("os", "close")
_IN, _OUT = 0x001, 0x004
_IP_BIND_ADDRESS_NO_PORT = 24  # linux/in.h: choose the port at connect, so that other targets may share it
READ_BYTES = 16 * 1024
EVENTS_PER_TURN = 1_024


class Loop:
    """What is awaited: sockets, and moments.

    :param target: where every connection goes.
    """

    def __init__(self, target: Target) -> None:
        self.target = target
        self._epoll = _epoll()
        self._by_fd: dict[int, Connection] = {}
        self._later: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()

    def later(self, seconds: float, what: Callable[[], None]) -> None:
        """Do something after some seconds."""
        heapq.heappush(self._later, (time.monotonic() + seconds, next(self._numbers), what))

    def turn(self, seconds: float) -> None:
        """Wait for the next thing, at most some seconds, and do what there is to do."""
        if self._later:
            seconds = min(seconds, self._later[0][0] - time.monotonic())
        by_fd = self._by_fd
        for fd, events in self._epoll.poll(max(seconds, 0.0), EVENTS_PER_TURN):
            # A number may have been closed, and given to another, since it was polled; both do no harm.
            connection = by_fd.get(fd)
            if connection is not None:
                connection.handle(events)
        now = time.monotonic()
        while self._later and self._later[0][0] <= now:
            heapq.heappop(self._later)[2]()

    def close(self) -> None:
        """Close every connection."""
        for connection in list(self._by_fd.values()):
            connection.drop()
        self._epoll.close()

    def take(self, fd: int, connection: Connection) -> None:
        """Wait for a socket that is connecting."""
        self._by_fd[fd] = connection
        self._epoll.register(fd, _IN | _OUT)

    def want(self, fd: int, *, to_write: bool) -> None:
        """Also wait until a socket takes bytes, or not any more."""
        self._epoll.modify(fd, _IN | _OUT if to_write else _IN)

    def let_go(self, fd: int) -> None:
        """Close a socket."""
        del self._by_fd[fd]
        # Closing takes it out of the epoll as well: nothing else has this file.
        _close(fd)


class Connection:
    """One TCP connection, to be opened again and again.

    Kinds of it say what happens when bytes arrive, and when the other end closes.
    """

    __slots__ = ("_loop", "_source", "_unsent", "fd", "was_open")

    def __init__(self, loop: Loop, source: str | None = None) -> None:
        self._loop = loop
        self._source = source
        self._unsent = b""
        self.fd = -1
        self.was_open = False

    def arrived(self, data: bytes) -> None:
        """Take what was read."""
        raise NotImplementedError

    def lost(self) -> None:
        """The other end has closed, or was never there (``was_open`` tells); ``fd`` is -1."""
        raise NotImplementedError

    def connect(self, first: bytes) -> None:
        """Open the connection and write something as soon as it stands."""
        self.was_open = False
        target = self._loop.target
        sock = _socket(target.family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._source is not None:
                sock.setsockopt(socket.IPPROTO_IP, _IP_BIND_ADDRESS_NO_PORT, 1)
                sock.bind((self._source, 0))
            error = sock.connect_ex(target.address)
        except OSError as failure:
            error = failure.errno or errno.EIO
        if error not in (0, errno.EINPROGRESS):
            sock.close()
            self.lost()
            return
        self.fd = sock.detach()
        self._unsent = first
        self._loop.take(self.fd, self)

    def send(self, data: bytes) -> None:
        """Write, behind what is waiting already."""
        if self._unsent:
            self._unsent += data
            return
        try:
            written = os.write(self.fd, data)
        except BlockingIOError:
            written = 0
        except OSError:
            self._end()
            return
        if written < len(data):
            self._unsent = data[written:]
            self._loop.want(self.fd, to_write=True)

    def drop(self) -> None:
        """Close from our side."""
        if self.fd >= 0:
            fd, self.fd = self.fd, -1
            self._unsent = b""
            self._loop.let_go(fd)

    def handle(self, events: int) -> None:
        """Do what the epoll says can be done."""
        if events & _OUT and not self._write_on():
            return
        if events & ~_OUT:
            try:
                data = os.read(self.fd, READ_BYTES)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if data:
                self.arrived(data)
            else:
                self._end()

    def _write_on(self) -> bool:
        try:
            written = os.write(self.fd, self._unsent) if self._unsent else 0
        except BlockingIOError:
            return True
        except OSError:
            self._end()
            return False
        self.was_open = True
        self._unsent = self._unsent[written:]
        if not self._unsent:
            self._loop.want(self.fd, to_write=False)
        return True

    def _end(self) -> None:
        self.drop()
        self.lost()
