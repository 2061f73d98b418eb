"""The short run of a town, as ``make test`` has it: some kinds of faults, each once, and short ones."""

from __future__ import annotations

import random
from pathlib import Path

from tests.chaos import report
from tests.chaos.course import run
from tests.chaos.faults import of_nodes
from tests.chaos.faults.everything import faults_of
from tests.chaos.towns import Kind, build

SECONDS = 0.7
# What takes longer than most others together; the long run has them.
TOO_LONG = (of_nodes.restart_everything_in_turn, of_nodes.restart_nodes_in_turn)


def suffer(folder: Path, kind: Kind, *, faults: int) -> None:
    """Let so many different faults happen, and say that the laws held after each."""
    folder.mkdir(mode=0o755)
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")

    with build(folder, kind) as town:
        only = [fault for fault in faults_of(town) if fault not in TOO_LONG]
        story = run(town, faults=faults, seed=seed, seconds=SECONDS, frozen_seconds=SECONDS, say=print, only=only)

    print(report.table(report.summary(story, seed=seed)))
    assert len({one.name for one in story.happened}) == faults
    assert all(story.deeds[name] for name in ("claps", "comments", "entries"))
    assert story.wrong == {"lost": 0, "twice": 0}, story.wrong
