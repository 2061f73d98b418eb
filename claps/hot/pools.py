"""Connections that are kept, so many and no more: who finds none free waits for one, and not for long."""

from __future__ import annotations

import select
from collections.abc import Callable
from queue import Empty, LifoQueue
from typing import Any

import redis
from gevent import monkey
from redis.sentinel import SentinelConnectionPool, SentinelManagedConnection

from claps.plain.patience import REDIS_CONNECTIONS, REDIS_POOL_SECONDS

# gevent's own goes round its loop, with a time limit and a watcher, also where nothing is waited for.
_poll: Callable[[], Any] = monkey.get_original("select", "poll")
# What the pool asks for that the kernel would tell of a connection that lies ready for the next command.
_ANYTHING = select.POLLIN | select.POLLRDHUP


class _Quick(redis.connection.AbstractConnection):
    """A connection that looks without the loop whether it is as it was left: the pool does so for each command."""

    def can_read(self, timeout: float = 0) -> bool:
        """Claim that there is something to read, or that the other end has closed."""
        sock: Any = self._sock
        if not timeout and sock is not None and not self._parser._reader.has_data():
            poller = _poll()
            poller.register(sock, _ANYTHING)
            if not poller.poll(0):
                return False
        return bool(super().can_read(timeout))


class _Tcp(_Quick, redis.Connection):
    pass


class _Unix(_Quick, redis.UnixDomainSocketConnection):
    pass


class _Sentinel(_Quick, SentinelManagedConnection):
    pass


# By how Redis is reached; where that is encrypted there is the library's own, which looks into TLS as well.
QUICK = {"redis": _Tcp, "unix": _Unix, "redis+sentinel": _Sentinel}


class _Places(LifoQueue[Any]):
    """The places of a pool; that none is free is said as what it is, and not as a Redis that does not answer."""

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        try:
            return super().get(block, timeout)
        except Empty:
            # A cluster's client looks for its nodes anew after any other error: in a crowd, once for everybody in it.
            raise redis.exceptions.MaxConnectionsError("All connections are in use.") from None


BOUNDS: dict[str, Any] = {
    "max_connections": REDIS_CONNECTIONS, "timeout": REDIS_POOL_SECONDS, "queue_class": _Places,
}


class SentinelPool(SentinelConnectionPool, redis.BlockingConnectionPool):
    """Connections to the primary that the Sentinels name, with the bound that those to one Redis have."""

    def release(self, connection: Any) -> None:
        """Take a connection back, and forget one that leads to an earlier primary, or to none."""
        is_ours = self.owns_connection(connection)  # type: ignore[no-untyped-call]
        super().release(connection)  # type: ignore[no-untyped-call]
        # The pool makes a new one in its place and would remember this one as well: one for every attempt of an outage.
        if not is_ours and connection in self._connections:
            self._connections.remove(connection)
