"""One pub/sub connection to one node of a cluster, read by a greenlet of its own until it breaks."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Protocol

import gevent
import redis
from gevent.lock import BoundedSemaphore

log = logging.getLogger(__name__)
HEAR_SECONDS = 1.0
# After so many seconds in which nothing was heard the node is asked for a sign, and after so many it is taken for gone.
PING_AFTER_SECONDS = 4.0
GONE_AFTER_SECONDS = 9.0
CHANNELS_PER_CALL = 1_000


class Owner(Protocol):
    """Who is told what an ear hears; channels are named as they lie in their shards."""

    def told(self, key: str, message: str) -> None: ...
    def confirmed(self, ear: Ear, key: str) -> None: ...
    def put_out(self, ear: Ear, key: str) -> None: ...
    def refused(self, ear: Ear, error: redis.ResponseError) -> None: ...
    def lost(self, ear: Ear) -> None: ...


class Ear:
    """Hears what a node tells on its shards' channels. It is never mended: who lost it opens another one.

    redis-py's own way asks all nodes in their turn, each with the whole time limit, and after a connection that
    was lost subscribes to channels of several slots in one call, which no node takes (8.1).

    :param connection: to the node, and nobody else's.
    """

    def __init__(self, connection: redis.Connection, owner: Owner) -> None:
        self._connection = connection
        self._owner = owner
        self._writing = BoundedSemaphore(1)
        # What was asked to be told no more: those answers are not a node's own wish.
        self._leaving: Counter[str] = Counter()
        self._heard_at = 0.0
        self._reader: gevent.Greenlet[[], None] | None = None
        self.is_alive = False

    def open(self) -> None:
        """Connect, and begin to hear.

        :raises redis.RedisError: the node does not answer.
        """
        self._connection.connect()
        # Its own one writes every message out for a log that nobody keeps.
        self._connection._parser.set_pubsub_push_handler(lambda reply: reply)
        self._heard_at = time.monotonic()
        self.is_alive = True
        self._reader = gevent.spawn(self._read)

    def join(self, keys: Iterable[str]) -> None:
        """Subscribe to channels of one slot; what comes of it is told to the owner."""
        for part in _batched(keys):
            self._send(("SSUBSCRIBE", *part))

    def join_ahead(self, keys: Iterable[str]) -> None:
        """Subscribe to channels of one slot that is still on its way to this node."""
        for part in _batched(keys):
            self._send(("ASKING",), ("SSUBSCRIBE", *part))

    def leave(self, keys: list[str]) -> None:
        """Unsubscribe from channels of one slot."""
        self._leaving.update(keys)
        self._send(("SUNSUBSCRIBE", *keys))

    def close(self) -> None:
        """Hear no more; the owner is not told."""
        self.is_alive = False
        if self._reader is not None and self._reader is not gevent.getcurrent():
            self._reader.kill(block=False)
        self._connection.disconnect()

    def _send(self, *commands: tuple[str, ...]) -> None:
        with self._writing:
            # The connection would be made anew by itself, with nothing subscribed to.
            if self.is_alive:
                try:
                    self._connection.send_packed_command(self._connection.pack_commands(commands), check_health=False)
                except (redis.RedisError, OSError) as error:
                    log.debug("%s was not said: %s", commands[-1][0], error)
                    self.is_alive = False

    def _read(self) -> None:
        try:
            while self.is_alive:
                self._read_one()
        except (redis.RedisError, OSError) as error:
            log.info("a node is heard no more: %s", error)
        except Exception:
            # Something may not have been passed on: all that is heard here is read again over another connection.
            log.exception("an ear stumbled")
        self.is_alive = False
        self._connection.disconnect()
        self._owner.lost(self)

    def _read_one(self) -> None:
        try:
            reply = self._connection.read_response(
                timeout=HEAR_SECONDS, disconnect_on_error=False, push_request=True
            )
        except redis.TimeoutError:
            self._ask_for_a_sign()
            return
        except redis.ResponseError as error:
            self._heard_at = time.monotonic()
            self._owner.refused(self, error)
            return
        except (TypeError, ValueError) as error:
            # redis-py 8.1, when a socket is closed and let go while it waits for it.
            raise redis.ConnectionError("The connection was closed meanwhile.") from error
        self._heard_at = time.monotonic()
        if not isinstance(reply, list):
            return  # The answer to something else; who answers is there.
        kind, key, *rest = reply
        if kind == "smessage":
            self._owner.told(key, rest[0])
        elif kind == "ssubscribe":
            self._owner.confirmed(self, key)
        elif kind == "sunsubscribe":
            self._left(key)

    def _left(self, key: str) -> None:
        if self._leaving[key] > 1:
            self._leaving[key] -= 1
        elif self._leaving.pop(key, 0) == 0:
            self._owner.put_out(self, key)

    def _ask_for_a_sign(self) -> None:
        silent_seconds = time.monotonic() - self._heard_at
        if silent_seconds > GONE_AFTER_SECONDS:
            raise redis.TimeoutError(f"Nothing was heard for {silent_seconds:.0f} s.")
        if silent_seconds > PING_AFTER_SECONDS:
            self._send(("PING",))


def _batched(keys: Iterable[str]) -> Iterator[list[str]]:
    every = list(keys)
    for start in range(0, len(every), CHANNELS_PER_CALL):
        yield every[start : start + CHANNELS_PER_CALL]
