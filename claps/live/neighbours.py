"""The workers of one node ask each other how they are, over sockets that go with them and leave nothing behind."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import socket
import struct
from collections.abc import Callable
from typing import Any

import gevent
import gevent.socket

log = logging.getLogger(__name__)
ANSWER_SECONDS = 1.0
SLOTS = 256
_PEER = struct.Struct("3i")


class Neighbours:
    """This worker's place among those of its node, and the way to the others.

    Each listens on an abstract Unix socket (unix(7)), whose name is the node's with the lowest number that is free.
    The kernel takes the name back when its process ends, however it ends: so a number is one living worker, and there
    are never more numbers than there were workers at once. Where there are no such sockets everybody is alone.

    :param node: the same for workers of one node, and for nobody else's.
    :param tell: what this worker says of itself, as JSON can carry it.
    """

    def __init__(self, node: str, tell: Callable[[], dict[str, Any]]) -> None:
        self._name = hashlib.sha256(node.encode()).hexdigest()[:24]
        self._tell = tell
        self._listener: Any = None
        self._answering: Any = None
        self.slot = 0

    def start(self) -> None:
        """Take a number, and begin to answer."""
        for slot in range(1, SLOTS + 1):
            listener = gevent.socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                listener.bind(self._address(slot))
                listener.listen()
            except OSError:
                listener.close()
                continue
            self.slot, self._listener = slot, listener
            self._answering = gevent.spawn(self._answer_forever)
            return
        log.warning("there is no socket over which workers could ask this one how it is: each tells of itself alone")

    def stop(self) -> None:
        """Give the number back."""
        if self._listener is not None:
            self._answering.kill()
            self._listener.close()
            self._listener = None

    def ask(self) -> tuple[dict[int, dict[str, Any]], int]:
        """Ask all workers of this node, this one included.

        :return: what each says, by its number, and how many are there that did not answer within a second.
        """
        asking = {slot: gevent.spawn(_read_all, sock) for slot, sock in self._reach_others()}
        told = {self.slot: self._tell()}
        gevent.joinall(list(asking.values()), timeout=ANSWER_SECONDS)
        gevent.killall([one for one in asking.values() if not one.ready()])
        told.update({slot: one.value for slot, one in asking.items() if one.value is not None})
        return dict(sorted(told.items())), len(asking) + 1 - len(told)

    def _address(self, slot: int) -> str:
        return f"\0claps-{self._name}-{slot}"

    def _reach_others(self) -> list[tuple[int, Any]]:
        reached = []
        # One that was refused may knock at the next door: most of the numbers are nobody's.
        sock = None
        for slot in range(1, SLOTS + 1):
            sock = sock or gevent.socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            if slot == self.slot or sock.connect_ex(self._address(slot)):
                continue
            # Any user of this machine may take a name; what others say there is not believed.
            if _PEER.unpack(sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size))[1] == os.geteuid():
                reached.append((slot, sock))
            else:
                sock.close()
            sock = None
        if sock is not None:
            sock.close()
        return reached

    def _answer_forever(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError as error:
                log.warning("a neighbour could not be let in: %s", error)
                gevent.sleep(ANSWER_SECONDS)
                continue
            gevent.spawn(self._answer, sock)

    def _answer(self, sock: Any) -> None:
        try:
            with sock:
                sock.settimeout(ANSWER_SECONDS)
                sock.sendall(json.dumps(self._tell()).encode())
        except OSError:
            log.debug("a neighbour asked, and did not wait for the answer")
        except Exception:
            log.exception("a neighbour was told nothing")


def _read_all(sock: Any) -> dict[str, Any] | None:
    parts = []
    try:
        with sock:
            sock.settimeout(ANSWER_SECONDS)
            while data := sock.recv(1 << 16):
                parts.append(data)
        told = json.loads(b"".join(parts))
    except (OSError, ValueError):
        return None  # It ended while it spoke.
    return told if isinstance(told, dict) else None
