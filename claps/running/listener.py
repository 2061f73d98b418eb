"""The door of a worker: it accepts connections, and lets handshakes in at once whose like was let in before."""

from __future__ import annotations

import errno
import os
import socket
from functools import partial
from typing import TYPE_CHECKING, Any

import gevent.socket
from gevent import monkey
from gevent.server import StreamServer
from gunicorn.http.errors import LimitRequestHeaders, NoMoreData

from claps.live.handshakes import Handshake, read_handshake
from claps.live.returning import read_head
from claps.live.take_over import prepare
from claps.plain.patience import ANSWER_BYTES_PER_SECOND, ANSWER_SECONDS, HEAD_BYTES, LEFT_OVER_BYTES
from claps.running.arriving import Body
from claps.running.door import STAYING

if TYPE_CHECKING:
    from claps.running.worker import Worker

LATE_SECONDS = 0.01
# What is read before it is known whose a connection is: more than the head of any handshake.
FIRST_BYTES = 16 * 1024
# How a request begins that comes to stay: to be let in, it has to be asked about.
STAYS = b"GET " + STAYING.encode()
# The kernel tells of a connection when its request is here, or after so long; then nobody has to wait for it twice.
SILENT_SECONDS = 3
# Without gevent's watchers, of which a parked socket has none.
_Socket: Any = monkey.get_original("socket", "SocketType")


class Server(StreamServer):
    """A listener that can stop for a while.

    Its signature is the one with which gunicorn makes a ``server_class``.
    """

    worker: Worker

    def __init__(self, listener: Any, application: Any, spawn: Any, log: Any, **_: Any) -> None:
        super().__init__(listener, handle=partial(self.worker.handle, listener), spawn=spawn)
        # One at a time, so that readers who come together are spread over the workers.
        self.max_accept = 1
        self.worker.listening.append(self)
        if listener.family in (socket.AF_INET, socket.AF_INET6):
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, SILENT_SECONDS)

    def do_read(self) -> Any:
        """Accept one connection, and no more for a while when it is the last for which there is room."""
        listener: Any = self.socket
        try:
            fd, address = listener._accept()
        except BlockingIOError:
            self._rest()
            return None
        self.worker.coming.knocks += 1
        # Not only now and then: in a quarter of a second a crowd that comes back opens hundreds of files.
        if self.worker.is_full():
            self.worker.stop_accepting()
        sock = _Socket(listener.family, listener.type, listener.proto, fileno=fd)
        try:
            data = sock.recv(FIRST_BYTES, socket.MSG_DONTWAIT)
        except OSError:
            data = b""  # Whoever serves it will see what is the matter.
        handshake = read_handshake(data)
        try:
            entered = handshake is not None and self._enter(sock, handshake, address)
            turned_away = not entered and self.worker.door.turns_away_early(sock, data)
        finally:
            fd = sock.detach()
        if turned_away:
            os.close(fd)
        if entered or turned_away:
            return None
        client = HeldSocket(fd, data, handshake)
        client.comes_to_stay = data.startswith(STAYS)
        if not client.comes_to_stay:
            return client, address
        self.worker.coming.keep(self, client, address)
        return None

    def _enter(self, sock: Any, handshake: Handshake, address: Any) -> bool:
        handshakes = self.worker.handshakes
        if handshakes is None or not handshakes.knows(handshake):
            return False
        prepare(sock)
        return handshakes.enter(sock.fileno(), handshake, address[0] if isinstance(address, tuple) else "")

    def _rest(self) -> None:
        # The kernel wakes every worker that waits for a connection, and one gets it. Of fifty-four the others would do
        # nothing but wake up; so who comes too late looks away for a moment, and who was in time goes on.
        self.stop_accepting()
        self._timer: Any = self.loop.timer(LATE_SECONDS)
        self._timer.start(self._look_again)

    def _look_again(self) -> None:
        if self.started and self.worker.is_accepting:
            self.start_accepting()


class HeldSocket(gevent.socket.socket):
    """A connection of which something was read before it was known that a request has to be served.

    What it sends, and how slowly, is bounded, and so is how slowly it reads.
    """

    def __init__(self, fd: int, data: bytes, handshake: Handshake | None = None) -> None:
        super().__init__(fileno=fd)
        self._data = data
        self._body: Body | None = None
        self._left_bytes = HEAD_BYTES
        self._may_answer = True
        self.comes_to_stay = False
        self.handshake = handshake
        head = read_head(data)
        # When the application lets this request in, the next one that is the same needs not ask.
        self.head_mark = None if head is None else head.mark

    def begin_request(self, body: Body | None) -> None:
        """The head of a request was read; what comes now is its body, if it has one."""
        self._body = body

    def end_request(self, *, had_body: bool) -> None:
        """The request was answered; what comes now is what is left of its body, and the next one's head."""
        self._body = None
        self._left_bytes = HEAD_BYTES + (LEFT_OVER_BYTES if had_body else 0)
        self._may_answer = not had_body

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Receive, first what was read already.

        :raises TimeoutError: a body comes too slowly.
        :raises LimitRequestHeaders: a head is too large.
        :raises NoMoreData: so much is left of a body that nobody read that the connection is not worth it.
        """
        if self._data:
            data = self._data[:size]
            if flags & socket.MSG_PEEK:
                return data
            self._data = self._data[size:]
        elif self._body is not None:
            return self._body.receive(partial(super().recv, size, flags))
        else:
            data = super().recv(size, flags)
        if self._body is None and not flags & socket.MSG_PEEK:
            self._left_bytes -= len(data)
            if self._left_bytes < 0:
                raise LimitRequestHeaders("too much before the request's end") if self._may_answer else NoMoreData()
        return data

    def has_gone(self) -> bool:
        """True when the other end says no more, which most do that have gone; it may still listen."""
        self.settimeout(0)
        try:
            return not super().recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True
        finally:
            self.settimeout(None)

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Send an answer to who reads it.

        :raises BrokenPipeError: who asked reads too slowly, or has gone.
        """
        self.settimeout(ANSWER_SECONDS + len(data) / ANSWER_BYTES_PER_SECOND)
        try:
            super().sendall(data, flags)
        except TimeoutError as error:
            raise BrokenPipeError(errno.EPIPE, "the other end does not read") from error
        finally:
            self.settimeout(None)
