"""The longest pause of a worker with 17,000 parked sockets, while claps run.

A reader's socket is pinged about once a millisecond, and a pong that is late tells that the worker was doing
something else. Three times: the claps are for a post that nobody watches; for the one that all 17,000 watch; and for
the first again, many more, on a disk that takes 150 ms for each sync of SQLite's (a disk that is busy does so now and
then; here it always does). The pinger runs before everything else where that is allowed, so that its own waiting is
not taken for the worker's.

What the worker did instead is told from its inside (``witness/``): garbage collected, SQL committed, one turn of its
loop, and the waiting for a processor that others had. A pause may be made of several turns. Every two seconds the
collector is made to look at everything, which it rarely does by itself.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from benchmarks.programs import Crowd, build
from benchmarks.sites import open_site, upgrade_request

READERS = 17_000
CLAPPING = 500
CLAPS_PER_SECOND = 200
RUSH_PER_SECOND = 1_500
SECONDS = 8
TARGET_MS = 20
WITNESS = Path(__file__).parent / "witness"


def measure(folder: Path) -> list[Figure]:
    """Measure all three."""
    notes, slow = folder / "witness", folder / "slow"
    library = build("slow_sync", folder, "-shared", "-fPIC")
    with (
        open_site(
            folder, PYTHONPATH=str(WITNESS), WITNESS=str(notes), LD_PRELOAD=str(library), SLOW_SYNC=str(slow)
        ) as site,
        Crowd(folder, site.port) as readers,
        Crowd(folder, site.port) as clapping,
        Crowd(folder, site.port) as pinging,
    ):
        pinging.open(1, upgrade_request("topic=post:2", site.port, json_wire=True))
        clapping.open(CLAPPING, upgrade_request("topic=post:3", site.port, json_wire=True))
        opened = readers.open(READERS, upgrade_request("topic=post:1", site.port, json_wire=False))
        assert opened.open == READERS, opened
        site.settle()
        quiet = _measure("claps for a post nobody watches", pinging, clapping, notes, post_id=4)
        told = _measure(f"claps for what {READERS:,} watch", pinging, clapping, notes, post_id=1)
        slow.touch()
        rush = _measure("many claps, and a slow disk", pinging, clapping, notes, post_id=4, rate=RUSH_PER_SECOND)
        slow.unlink()
    return [*quiet, *told, *rush]


def _measure(
    what: str, pinging: Crowd, clapping: Crowd, notes: Path, *, post_id: int, rate: int = CLAPS_PER_SECOND
) -> list[Figure]:
    began = time.monotonic()
    outcome = pinging.ping(seconds=SECONDS)
    message = f'{{"clap":1,"topic":"post:{post_id}","id":"x1"}}'.encode()
    got = clapping.clap(message, seconds=SECONDS - 1, rate=rate)
    assert got.acked == got.sent and not got.refused, got
    pings = outcome()
    seen = [note for note in map(json.loads, notes.read_text().splitlines()) if note["at"] > began]
    turns = [note for note in seen if note["what"] == "turn"]
    return [
        Figure(f"{what}: longest pause", pings.max_ms, "ms", TARGET_MS),
        Figure("    99 of 100 pings are answered within", pings.p99_ms, "ms"),
        Figure("    half of the pings are answered within", pings.p50_ms, "ms"),
        Figure("    99 of 100 claps are acknowledged within", got.p99_ms, "ms"),
        Figure("    longest collection of garbage", _longest(seen, "collection"), "ms", TARGET_MS),
        Figure("    longest commit of SQL, others going on meanwhile or not", _longest(seen, "commit"), "ms"),
        Figure("    longest turn of the loop", _longest(turns, "turn"), "ms"),
        Figure("    … computing", max((turn["computed"] for turn in turns), default=0), "ms"),
        Figure("    … in the kernel, as for the disk", max(map(_blocked, turns), default=0), "ms"),
        Figure("    longest wait for a processor that others had", max(map(_waited, seen), default=0), "ms"),
    ]


def _longest(notes: list[dict[str, Any]], what: str) -> float:
    return max((float(note["ms"]) for note in notes if note["what"] == what), default=0.0)


def _blocked(turn: dict[str, Any]) -> float:
    return float(turn["ms"] - turn["computed"] - turn["core"])


def _waited(note: dict[str, Any]) -> float:
    return float(note["ms"] if note["what"] == "wake" else note.get("core", 0))
