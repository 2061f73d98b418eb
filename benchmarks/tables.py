"""Realtime tables: changes a second in one table and in a thousand, and what a million tables weigh and slow down.

A change is a transaction of its own: the table's row is held, its entry and its event are written, its version moves.
It is compared with a bare INSERT of as many bytes, by as many processes on the same database. Then 1,000,000 tables
are added, and making, finding, listing, reading and writing are compared with what they took at 10,000.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from benchmarks.table_load import WRITERS
from claps.settings import ROOT
from tests.parts.mariadb_server import SYSTEM_PATH, MariadbServer

SECONDS = 3
TABLES = 1_000_000
PATIENCE_SECONDS = 900
# At a million, to what it took at ten thousand.
SLOWER_BOUND = 2.0


def measure(folder: Path) -> list[Figure]:
    """Measure both databases."""
    figures = _measure_database("SQLite", f"sqlite:///{folder / 'tables.db'}")
    if shutil.which("mariadbd", path=SYSTEM_PATH) is None:
        print("  MariaDB is not measured: it is not installed; `make test-setup` says how to get it")
        return figures
    room = folder / "mariadb"
    room.mkdir()
    server = MariadbServer(room)
    server.start()
    try:
        return figures + _measure_database("MariaDB", server.make_database())
    finally:
        server.kill()


def _measure_database(name: str, url: str) -> list[Figure]:
    rates, told = _run("rates", url, SECONDS), _run("million", url, TABLES)
    return [*_rates(name, rates), *_million(name, told)]


def _run(task: str, url: str, number: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.table_load", task, url, str(number)]
    done = subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, timeout=PATIENCE_SECONDS
    )
    assert done.returncode == 0, f"the load {task} ended with {done.returncode}"
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _rates(name: str, rates: dict[str, Any]) -> list[Figure]:
    figures = []
    for writers in (1, WRITERS):
        who = "1 writer" if writers == 1 else f"{writers} writers"
        bare = rates[f"bare_{writers}"]
        figures.append(Figure(f"{name}, {who}: bare rows", bare, "per second"))
        for what, said in (("one", "in one table"), ("many", "in 998 tables")):
            rate = rates[f"{what}_{writers}"]
            figures.append(Figure(f"{name}, {who}: changes {said}", rate, "per second"))
            figures.append(Figure(f"{name}, {who}: … to bare rows", rate / bare, "times"))
    return [
        *figures,
        Figure(f"{name}: changes in batches of 100", rates["hundreds"], "per second"),
        Figure(f"{name}: compacting, once in 64 changes", rates["compact_seconds"] * 1000, "ms"),
    ]


def _million(name: str, told: dict[str, Any]) -> list[Figure]:
    few, many = told["few"], told["many"]
    figures = [
        Figure(f"{name}: a table that nobody has written to", told["bytes_per_table"], "B"),
        Figure(f"{name}: 1,000,000 of them added in", told["adding_seconds"], "s"),
    ]
    for act in few:
        figures.append(Figure(f"{name}: {act} at 1,000,000 tables", many[act] * 1000, "ms"))
        figures.append(Figure(f"{name}: … to what it took at 10,000", many[act] / few[act], "times", SLOWER_BOUND))
    return figures
