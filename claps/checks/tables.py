"""Do the laws of realtime tables hold now: does each have what it says, and what its log says?"""

from __future__ import annotations

import json
from collections.abc import Sequence

from claps.app import Core
from claps.checks.findings import Finding, ok, unsafe, unseen
from claps.checks.sql import has_file
from claps.plain.errors import Unavailable
from claps.plain.limits import TABLE_EVENTS_KEPT
from claps.plain.tables import Entry, Table, entry_event, table_topic
from claps.settings import ROOT
from claps.store import table_laws
from claps.store.logs import events_after, oldest_of
from claps.store.migrations import pending
from claps.store.tables import find_table

ABOUT = "Tables"
SHOWN = 5
# Of so many, those that were made last, the log is read and compared.
REPLAYED = 1_000
TRIES = 5
_REMEDY = "Somebody wrote to these tables by hand, or a backup was restored in part: restore all of them together."


def check_tables(core: Core) -> list[Finding]:
    """Look whether every table has what it says, and those that were made last what their logs say."""
    try:
        if not has_file(core) or pending(core.database, ROOT / "migrations"):
            return [unseen(ABOUT, "cannot be looked at before they are there.", "claps migrate")]
        with core.database.reading():
            return [
                _law(table_laws.find_miscounted(most=SHOWN), "have as many entries and bytes as they say"),
                _law(table_laws.find_ahead(most=SHOWN), "have no entry of a version that they have not come to"),
                _law(table_laws.find_gaps(most=SHOWN), "have a log without a gap"),
                _law(_find_strange(), f"have what their logs say (the last {REPLAYED:,} that were made)"),
            ]
    except Unavailable as error:
        return [unseen(ABOUT, f"cannot be looked at: {error.message}")]


def _law(broken: Sequence[str], said: str) -> Finding:
    if not broken:
        return ok(ABOUT, f"All {said}.")
    return unsafe(ABOUT, f"Not all {said}: {', '.join(broken[:SHOWN])}.", _REMEDY)


def _find_strange() -> list[str]:
    strange = []
    for name in table_laws.made_last(REPLAYED):
        if not _is_as_told(name):
            strange.append(name)
        if len(strange) >= SHOWN:
            break
    return strange


def _is_as_told(name: str) -> bool:
    for _ in range(TRIES):
        before = find_table(name)
        if before is None:
            return True
        told = _replay(before)
        found = table_laws.entries_of(before, sorted(told))
        if find_table(name) == before:
            return all(_is_same(found.get(key), event) for key, event in told.items())
    return True  # It is written to all the time: nobody can look at it twice and see the same.


def _replay(table: Table) -> dict[str, tuple[int, str]]:
    # The last event of each key that is still kept, and its offset.
    topic = table_topic(table.name)
    offset = oldest_of(topic)
    last: dict[str, tuple[int, str]] = {}
    while True:
        _, events = events_after(topic, offset, upto=table.version.offset, limit=TABLE_EVENTS_KEPT)
        if not events:
            return last
        for event in events:
            last[json.loads(event.body)["key"]] = (event.offset, event.body)
        offset = events[-1].offset


def _is_same(entry: Entry | None, told: tuple[int, str]) -> bool:
    offset, body = told
    event = json.loads(body)
    if event["op"] != "put":
        return entry is None
    return entry is not None and entry.version.offset == offset and entry_event(entry) == event
