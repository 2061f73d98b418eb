"""What this worker tells of itself to whoever watches over it."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from claps.live.breath import Turn
from claps.live.canary import Canary
from claps.live.hub import Hub
from claps.live.neighbours import Neighbours
from claps.plain.meters import meters
from claps.plain.vitals import PREFIX, times_told

LOOKED_AT_ONCE = 1_000
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Vitals:
    """Reads this worker's figures when somebody asks; between two questions nothing is done for them.

    ``counts`` is what other floors can tell, by name; they put it there.

    :param node: the same for workers of one node, and for nobody else's.
    """

    def __init__(self, hub: Hub, canary: Canary, *, node: str) -> None:
        self._hub = hub
        self.canary = canary
        self.neighbours = Neighbours(node, self.read)
        self.counts: dict[str, Callable[[], float]] = {}
        self._started = time.time()

    def read(self) -> dict[str, Any]:
        """All figures by the names of ``plain/vitals.py``; where there is a label, by its values."""
        hub, canary = self._hub, self.canary
        told: dict[str, Any] = {
            **self._look_over_lot(),
            "topics_watched": max(0, len(hub.watches) - 1),
            # The canary's own are no news to anybody.
            "updates_sent_total": max(0, hub.fan_out.updates - canary.updates),
            "deliveries_total": max(0, hub.fan_out.deliveries - canary.updates),
            "canary_silent_seconds": canary.silent_seconds,
            "moved_total": hub.moved,
            "relay_connected": int(hub.relay.connected),
            "relay_reconnects_total": max(0, hub.relay.reconnects - 1),
            **{name: count() for name, count in self.counts.items()},
            **_counted(),
            "resident_bytes": _resident_bytes(),
            "cpu_seconds_total": time.process_time(),
            "started_seconds": self._started,
        }
        return {PREFIX + name: value for name, value in told.items()}

    def _look_over_lot(self) -> dict[str, Any]:
        # Here and not where they come and go: there it would cost every reader something, here 2 ms for 20,000.
        by_wire: Counter[str] = Counter()
        slow, unsent_bytes, turn = 0, 0, Turn()
        by_fd = self._hub.lot.by_fd
        for start in range(0, len(by_fd), LOOKED_AT_ONCE):
            turn.breathe_if_over()
            for subscriber in by_fd[start : start + LOOKED_AT_ONCE]:
                if subscriber is None:
                    continue
                by_wire[subscriber.wire.name] += 1
                if subscriber.unsent is not None:
                    slow += 1
                    unsent_bytes += len(subscriber.unsent.tail)
        del by_wire["canary"]
        return {"subscribers": dict(by_wire), "parked_bytes": unsent_bytes, "slow_subscribers": slow}


def _counted() -> dict[str, Any]:
    return {
        "fan_out_seconds": times_told(meters.fan_out),
        "clap_to_sight_seconds": times_told(meters.sight),
        "flush_seconds": times_told(meters.flush),
        "flushed_entries_total": meters.flushed_entries,
        "flushed_rows_total": meters.flushed_rows,
        "flushes_failed_total": meters.flushes_failed,
        "redis_errors_total": dict(meters.redis_errors),
        "sql_errors_total": dict(meters.sql_errors),
        "answers_total": {f"{digit}xx": meters.answers[digit] for digit in range(1, 6)},
        "request_seconds": times_told(meters.requests),
        "webhook_tries_total": dict(meters.webhook_tries),
        "webhook_seconds": times_told(meters.webhook),
        "spans_lost_total": meters.spans_lost,
        "shards_unheard": meters.shards_unheard,
    }


def _resident_bytes() -> int:
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * _PAGE_BYTES
    except OSError:
        return 0
