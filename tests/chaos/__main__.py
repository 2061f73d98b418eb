"""``python -m tests.chaos [one-redis | sentinels] [--faults 200] [--seed N]``: one run, with a plot of it.

It ends with 1 when a law was broken or somebody was not served again, and says after which fault.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import plots
from tests.chaos import report
from tests.chaos.course import Story, run
from tests.chaos.towns import KINDS, build
from tests.parts import processes

RESULTS = Path("benchmarks/results")


def main(words: list[str]) -> int:
    """Run what was asked for; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("kind", nargs="?", default="sentinels", choices=KINDS)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=3.0, help="how long a fault lasts")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    asked = parser.parse_args(words)
    processes.adopt_orphans()
    before = processes.list_children()
    print(f"{asked.faults} faults of {asked.kind}, seed {asked.seed}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="claps-chaos-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        try:
            with build(folder, asked.kind) as town:
                story = run(town, faults=asked.faults, seed=asked.seed, seconds=asked.seconds, say=_say(began))
        except AssertionError as error:
            print(f"seed {asked.seed}: {error}")
            return 1
        finally:
            processes.kill_all(processes.list_left_behind(before))
    _tell(story, f"chaos-{asked.kind}")
    return 0


def _tell(story: Story, name: str) -> None:
    print(report.table(story))
    for what, count in report.summary(story).items():
        if what != "by_fault":
            print(f"{count:>12} {what.replace('_', ' ')}")
    report.write(story, RESULTS, name)
    plots.line_plot(
        RESULTS / f"{name}-answered.svg", title_text="Requests that were answered while everything broke in turn",
        x_text="seconds", y_text="% in a second", series={"answered": report.availability(story)},
    )
    plots.line_plot(
        RESULTS / f"{name}-slowest.svg", title_text="Within what time 99 % of a second’s requests were answered",
        x_text="seconds", y_text="ms", series={"p99": report.slowest(story)}, log_y=True,
    )


def _say(began: float) -> Callable[[str], None]:
    def say(text: str) -> None:
        print(f"{time.monotonic() - began:7.1f} s  {text}", flush=True)

    return say


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
