"""What runs out goes by itself, within a second, as an event like any other."""

from __future__ import annotations

import logging
import random
from collections.abc import Sequence

import gevent

from claps.acts.entries import Change
from claps.acts.tables import Tables, drop_run_out
from claps.plain.errors import ClapsError, NotFound
from claps.plain.limits import (
    BATCH_OPERATIONS,
    LATENESS_SECONDS,
    LEAD_SECONDS_MOST,
    SWEEP_ENTRIES,
    SWEEP_SECONDS,
    SWEEP_TABLES,
)
from claps.store import entries
from claps.store.lateness import note_lateness, read_lateness
from claps.store.table_changes import hold_to_change

log = logging.getLogger(__name__)


class Expiry:
    """Sweeps away what has run out: entries, and tables to try things out.

    Every worker does it. Who sweeps a table holds its row and looks again what is due: what another worker has taken
    away, or somebody has put anew, is not taken away twice.
    """

    def __init__(self, kit: Tables) -> None:
        self._kit = kit

    def run_forever(self) -> None:
        """Sweep twice a second, and at once again while there is more than one turn takes."""
        while True:
            try:
                while self.sweep():
                    gevent.sleep(0)
            except ClapsError as error:
                log.info("what has run out waits: %s", error.message)
            except Exception:
                log.exception("sweeping stumbled")
            gevent.sleep(SWEEP_SECONDS * random.uniform(0.75, 1.25))

    def sweep(self) -> bool:
        """Do one turn: at most 500 entries and 20 tables; True when there may be more.

        :raises Unavailable: SQL does not answer.
        """
        self._keep_time()
        now_ms = self._kit.clock.now_ms()
        with self._kit.database.reading():
            due = entries.due_entries(now_ms, SWEEP_ENTRIES)
        for name in sorted(due):
            keys = due[name]
            for first in range(0, len(keys), BATCH_OPERATIONS):
                self._sweep_table(name, keys[first : first + BATCH_OPERATIONS])
        dropped = drop_run_out(self._kit, SWEEP_TABLES)
        return sum(map(len, due.values())) >= SWEEP_ENTRIES or dropped >= SWEEP_TABLES

    def _sweep_table(self, name: str, keys: Sequence[str]) -> None:
        try:
            change = self._kit.database.transact(lambda: self._expire(name, keys))
        except NotFound:
            return  # It was deleted meanwhile.
        except ClapsError:
            raise
        except Exception:
            # One table that is broken does not make all others keep what has run out.
            log.exception("%s cannot be swept", name)
            return
        if change.events:
            change.tell(self._kit)

    def _expire(self, name: str, keys: Sequence[str]) -> Change:
        place = hold_to_change(name)
        held = entries.find_held(place.table.id, keys)
        change = Change(place, self._kit.clock.now_ms(), held)
        for key, one in held.items():
            if one.expires_ms is not None and one.expires_ms <= change.now_ms:
                change.go("expire", key)
        if change.events:
            change.write()
        return change

    def _keep_time(self) -> None:
        # Once a minute it is noted how late it is: who starts after the clock was set back goes on from there.
        database, clock = self._kit.database, self._kit.clock
        with database.reading():
            noted_ms = read_lateness()
        clock.take(noted_ms)
        now_ms = clock.now_ms()
        if now_ms - noted_ms >= LATENESS_SECONDS * 1000 or noted_ms - now_ms > LEAD_SECONDS_MOST * 1000:
            database.transact(lambda: note_lateness(now_ms))
