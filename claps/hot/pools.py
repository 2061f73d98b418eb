"""Connections that are kept, so many and no more: who finds none free waits for one, and not for long."""

from __future__ import annotations

from queue import Empty, LifoQueue
from typing import Any

import redis
from redis.sentinel import SentinelConnectionPool

from claps.plain.patience import REDIS_CONNECTIONS, REDIS_POOL_SECONDS


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
