"""gunicorn's gevent worker, which stops accepting before it runs out of files, so that others take the next reader."""

from __future__ import annotations

import gc
import itertools
import os
import resource
from contextlib import nullcontext
from typing import Any

import gevent
import gevent.local
from gunicorn.workers.ggevent import GeventWorker

from claps.live.handshakes import KnownHandshakes
from claps.live.hub import Hub
from claps.plain.limits import FILES_KEPT_FREE
from claps.running.arriving import Arriving, Body, Wait
from claps.running.coming import Coming
from claps.running.door import STAYING, Door
from claps.running.listener import HeldSocket, Server

LOOK_SECONDS = 0.25
LOOKS_LEFT = 4
_NO_MATTER = nullcontext()


class Worker(GeventWorker):  # type: ignore[misc]
    """The worker that ``claps serve`` uses; plain ``gevent`` works as well, without this care."""

    server_class = Server

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.listening: list[Server] = []
        self.is_accepting = True
        self._said_full = False
        self._most_files = 0
        self._own_files = 0
        self._hub: Hub | None = None
        self.handshakes: KnownHandshakes | None = None
        self.arriving = Arriving()
        self._here = gevent.local.local()
        self.door = Door()
        self.coming = Coming(lambda client: self.door.turn_away(client, STAYING))

    def timeout_ctx(self) -> Wait:
        """How long a connection may stay without a request, or with a part of one."""
        return self.arriving.wait(self.cfg.keepalive, address=getattr(self._here, "address", ""))

    def run(self) -> None:
        """Serve until told to stop."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft < hard:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        # What was loaded stays: the collector need not look at it again. At the rest it looks often enough that one
        # look is short (2 ms at the young, 5 ms at everything with 15,000 parked readers).
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 20, 20)
        Server.worker = self
        self._most_files = hard - FILES_KEPT_FREE
        self._own_files = _count_files()
        gevent.spawn(self._watch_files)
        gevent.spawn(self._hang_up)
        if hasattr(self.wsgi, "extensions"):
            parts = self.wsgi.extensions["claps"]
            self._hub, self.handshakes = parts.hub, parts.handshakes
            self._hub.lot.hand_back = self.take_back
            self.wsgi.extensions["claps-door"] = self.door
            self.wsgi.extensions["claps-coming"] = self.coming
        super().run()

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """Serve a connection."""
        self._here.address = addr[0] if isinstance(addr, tuple) else ""
        super().handle(listener, client, addr)

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> None:
        """Serve one request, then let others have their turn: a quick client's next one is here already."""
        if not self.door.lets_in(sock, req.path):
            self.door.turn_away(sock, req.path)
            raise StopIteration  # so it is closed
        has_body = has_more(req)
        sock.begin_request(Body(self.arriving, self._here.address) if has_body else None)
        self.door.in_work += 1
        comes, sock.comes_to_stay = sock.comes_to_stay, False  # the next one over it is here already
        try:
            with self.coming.passing() if comes else _NO_MATTER:
                super().handle_request(listener_name, req, sock, addr)
        finally:
            self.door.in_work -= 1
            sock.end_request(had_body=has_body)
        gevent.sleep(0)

    def take_back(self, fd: int, data: bytes) -> None:
        """Serve a connection again that was parked, beginning with what has come over it already."""
        sock = HeldSocket(fd, data)
        if not self.alive:
            # The listener is closed already, and gunicorn would stumble over it.
            sock.close()
            return
        try:
            address = sock.getpeername()
        except OSError:
            sock.close()
            return
        gevent.spawn(self.handle, self.sockets[0], sock, address)

    def _hang_up(self) -> None:
        # A browser keeps connections open for the next click; gunicorn would wait until each has timed out.
        while self.alive:
            gevent.sleep(LOOK_SECONDS)
        self.arriving.end_all()
        self.coming.turn_all_away()

    def is_full(self) -> bool:
        """True when readers, requests and what was open before them leave no room for more."""
        # Counted, because asking costs milliseconds with ten thousand files, and the lowest free number says
        # nothing: parking a socket takes the next number and frees the one before it.
        parked = self._hub.lot.count if self._hub is not None else 0
        serving = sum(len(server.pool or ()) for server in self.listening)
        return self._own_files + parked + serving + self.coming.count >= self._most_files

    def stop_accepting(self) -> None:
        """Leave the next readers to others, until there is room."""
        self._accept(False)
        if not self._said_full:
            self._said_full = True
            self.log.warning("full with %d files: others take the next reader", self._most_files)

    def _accept(self, wanted: bool) -> None:
        if wanted != self.is_accepting:
            self.is_accepting = wanted
            for server in self.listening:
                (server.start_accepting if wanted else server.stop_accepting)()

    def _watch_files(self) -> None:
        for look in itertools.count():
            gevent.sleep(LOOK_SECONDS)
            if not self.alive:
                return
            if self.is_full():
                self.stop_accepting()
                continue
            if self._said_full:
                self._said_full = False
                self.log.warning("accepting again")
            # In one look of four it takes what the others, who should be quicker now, have left.
            leaves = self._hub is not None and self._hub.leaves_newcomers and look % LOOKS_LEFT != 0
            self._accept(not leaves)


def has_more(req: Any) -> bool:
    """True for a request with a body."""
    return any(name == "TRANSFER-ENCODING" or name == "CONTENT-LENGTH" and value != "0" for name, value in req.headers)


def _count_files() -> int:
    try:
        return len(os.listdir("/proc/self/fd"))
    except OSError:
        return 32
