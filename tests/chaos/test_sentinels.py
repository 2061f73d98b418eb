"""Five faults in a row with Sentinels: what was acknowledged is there once, and every watcher ends where SQL is."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.chaos import report
from tests.chaos.course import run
from tests.chaos.towns import build

FAULTS = 5
SECONDS = 1.5


@pytest.mark.timeout(600)
def test_the_laws_hold_after_every_fault(parts_folder: Path) -> None:
    folder = parts_folder / "chaos-sentinels"
    folder.mkdir(mode=0o755)
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")

    with build(folder, "sentinels") as town:
        story = run(town, faults=FAULTS, seed=seed, seconds=SECONDS, say=print)

    print(report.table(story))
    assert len(story.happened) == FAULTS
    assert all(story.deeds[name] for name in ("claps", "comments", "entries"))
