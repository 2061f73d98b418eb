"""Feeds: what reading one costs at 10 to 100,000 follows, and what publishing costs at 10 to 1,000,000 followers.

A site of 100,000 writers, fifty of them widely followed, and 20,000 articles. Feeds are full: a thousand posts were
brought to each reader, and those of the widely followed are merged in. Publishing is the errand after the commit: up to
10,000 followers the post is brought to each, above it to nobody. What is read must not grow with the follows.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.databases import measure_both
from benchmarks.figures import Figure
from claps.settings import ROOT
from tests.parts.claps_server import SECRET_KEY

SECONDS = 240
BOUND = 2.0


def measure(folder: Path) -> list[Figure]:
    """Measure both databases."""
    return measure_both(folder, _measure_database)


def _measure_database(folder: Path, name: str, redis_url: str, database_url: str) -> list[Figure]:
    told = _run(folder, redis_url, database_url)
    reads, figures = told["read"], []
    for follows, read in reads.items():
        what = f"{name}: feed at {int(follows):,} follows"
        figures += [
            Figure(f"{what}, first page", read["first"] * 1000, "ms"),
            Figure(f"{what}, a later page", read["later"] * 1000, "ms"),
        ]
    slowdown = max(reads["100000"][page] / reads["10"][page] for page in ("first", "later"))
    figures.append(Figure(f"{name}: feed at 100,000 follows to one at 10", slowdown, "times", BOUND))
    figures.append(Figure(f"{name}: the counts of its posts, from Redis", reads["1000"]["counts"] * 1000, "ms"))
    for followers, done in told["publish"].items():
        what = f"{name}: publishing to {int(followers):,}"
        figures += [
            Figure(f"{what}, until all have it", done["seconds"] * 1000, "ms"),
            Figure(f"{what}, processor time", done["cpu"] * 1000, "ms"),
            Figure(f"{what}, longest step", done["longest"] * 1000, "ms"),
            Figure(f"{what}, rows written", done["rows"], "rows"),
        ]
    return figures


def _run(folder: Path, redis_url: str, database_url: str) -> dict[str, Any]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CLAPS_")} | {
        "CLAPS_VAR": str(folder / "var"), "CLAPS_SECRET_KEY": SECRET_KEY, "CLAPS_REDIS_URL": redis_url,
        "CLAPS_DATABASE_URL": database_url,
    }
    command = [sys.executable, "-m", "benchmarks.feed_load"]
    done = subprocess.run(command, env=environ, cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=SECONDS)
    assert done.returncode == 0, f"the load ended with {done.returncode}"
    told: dict[str, Any] = json.loads(done.stdout)
    return told
