"""The journal's way into SQL: entries and claps flushed a second, into SQLite and into MariaDB.

Two journals: one of a calm day, where every clap is an entry of its own, and one of a rush, where the claps of one
moment share an entry. All by readers who were not seen before, which is the most work. A rush must be flushed
at the rate at which one Redis takes claps, or the journal would grow for as long as it lasts.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.databases import measure_both
from benchmarks.figures import Figure
from benchmarks.ledgers import Ledgers

CALM_CLAPS = 4_000
RUSH_CLAPS = 150_000
BOUND = 50_000


def measure(folder: Path) -> list[Figure]:
    """Measure both databases with both journals."""
    return measure_both(folder, _measure_database)


def _measure_database(folder: Path, name: str, redis_url: str, database_url: str) -> list[Figure]:
    ledgers = Ledgers(folder, redis_url=redis_url, database_url=database_url)
    (told,) = ledgers.run("flush", str(CALM_CLAPS), str(RUSH_CLAPS))
    return [
        Figure(f"{name}: entries of one clap flushed", told["calm_entries"] / told["calm_seconds"], "per second"),
        Figure(f"{name}: entries of a rush flushed", told["rush_entries"] / told["rush_seconds"], "per second"),
        Figure(f"{name}: claps of a rush flushed", RUSH_CLAPS / told["rush_seconds"], "per second", BOUND, good="over"),
    ]
