"""``python -m tests.chaos TOWN [--faults 40] [--seed N]``: one run. ``… report``: docs/failures.md from what was kept.

A run ends with 1 when a law was broken or somebody was not served again, and says after which fault. With ``--keep``
its figures and its plot become those of the documents, with ``--add`` they are put behind those that are kept.
``… promises`` shows what CLAPS_ACK does not promise.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import get_args

from tests.chaos import guide, promises, report
from tests.chaos.course import Story, run
from tests.chaos.faults.everything import faults_of
from tests.chaos.faults.spell import Fault
from tests.chaos.town import Town
from tests.chaos.towns import KINDS, PARTS, Kind, build
from tests.parts import own_network, processes
from tests.parts.small_disk import SmallDisk

PLOTS = Path("docs/plots")


def main(words: list[str]) -> int:
    """Run what was asked for; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("what", nargs="?", default="sentinels", choices=[*get_args(Kind), "promises", "report"])
    parser.add_argument("--faults", type=int, default=40)
    parser.add_argument("--minutes", type=float, default=math.inf, help="begin none after so many")
    parser.add_argument("--only", nargs="*", default=[""], help="words in the names of the faults that may happen")
    parser.add_argument("--without", nargs="*", default=[], help="words in the names of those that may not")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long a fault lasts")
    parser.add_argument("--frozen-seconds", type=float, default=15.0, help="how long something is stopped")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--add", action="store_true", help="keep it behind what is kept already")
    asked = parser.parse_args(words)
    if asked.what == "report":
        guide.fill()
        return 0
    # First of all: a process that has threads, or children elsewhere, cannot move any more.
    firewall = own_network.enter()
    processes.adopt_orphans()
    before = processes.list_children()
    with tempfile.TemporaryDirectory(prefix="claps-chaos-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        try:
            if asked.what == "promises":
                promises.show(folder, keep=asked.keep)
                return 0
            with build(folder, *PARTS[asked.what], firewall=firewall, has_disks=SmallDisk.is_possible()) as town:
                story = _run(town, asked)
        except AssertionError as error:
            print(f"seed {asked.seed}: {error}")
            _show_logs(folder)
            return 1
        finally:
            processes.kill_all(processes.list_left_behind(before))
    _tell(story, asked)
    return 0


def _run(town: Town, asked: argparse.Namespace) -> Story:
    only: list[Fault] = [
        fault for fault in faults_of(town) if _has_one(fault, asked.only) and not _has_one(fault, asked.without)
    ]
    print(f"{asked.faults} faults of {len(only)} kinds, {KINDS[asked.what]}, seed {asked.seed}", flush=True)
    return run(
        town, faults=asked.faults, seed=asked.seed, seconds=asked.seconds, frozen_seconds=asked.frozen_seconds,
        say=_say(time.monotonic()), only=only, minutes=asked.minutes,
    )


def _has_one(fault: Fault, words: list[str]) -> bool:
    return any(word.replace(" ", "_") in fault.__name__ for word in words)


def _tell(story: Story, asked: argparse.Namespace) -> None:
    told = report.summary(story, seed=asked.seed)
    print(report.table(told))
    for what, count in told.items():
        if not isinstance(count, list | dict):
            print(f"{count:>12} {what.replace('_', ' ')}")
    if asked.keep or asked.add:
        told = report.join(report.read(asked.what), told) if asked.add else told
        report.keep(told, asked.what)
        title_text = f"Requests while everything broke in turn: {KINDS[asked.what]}"
        report.plot(told, PLOTS / f"chaos-{asked.what}.svg", title_text=title_text)


def _show_logs(folder: Path) -> None:
    for log in sorted(folder.glob("town/**/*.log")):
        print(f"--- {log.relative_to(folder)}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-40:]))


def _say(began: float) -> Callable[[str], None]:
    def say(text: str) -> None:
        print(f"{time.monotonic() - began:7.1f} s  {text}", flush=True)

    return say


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
