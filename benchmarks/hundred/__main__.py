"""``python -m benchmarks.hundred [100k | one-post | million] [--readers N …]``: runs a plan and reports it.

A bound that is missed is printed as missed and does not fail the run; a machine that cannot hold the plan does.
"""

from __future__ import annotations

import argparse
import dataclasses
import signal
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import figures
from benchmarks.hundred.course import run
from benchmarks.hundred.plans import PLANS, Plan, check_machine
from benchmarks.hundred.queue import long_queue
from benchmarks.hundred.reports import figures_of, write
from benchmarks.programs import Missing
from tests.parts import processes

CHANGEABLE = ("readers", "workers", "audiences", "posts", "hot_claps", "other_claps", "seconds", "polls")


def main(words: list[str]) -> int:
    """Run what was asked for; return the exit code."""
    asked = _parse(words)
    plan = _plan(asked)
    # Whoever ends it ends the server and the readers with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    processes.adopt_orphans()
    try:
        check_machine(plan)
    except Missing as missing:
        print(missing)
        return 1
    began = time.monotonic()
    print(f"{plan.title_text}: {plan.workers} workers, {plan.audiences} processes of readers", flush=True)
    before = processes.list_children()
    with tempfile.TemporaryDirectory(prefix="claps-hundred-", ignore_cleanup_errors=True) as name:
        try:
            with long_queue() as length:
                _say(f"{length:,} may wait to be accepted")
                told = run(Path(name), plan, say=_say)
        finally:
            processes.kill_all(processes.list_left_behind(before))
    found = figures_of(told)
    print(figures.HEAD)
    for figure in found:
        print(figure.line())
    for path in write(told, found, seconds=time.monotonic() - began, folder=asked.results):
        print(f"  {path}")
    return 0


def _parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hundred", description="Many readers of one server.")
    parser.add_argument("plan", nargs="?", default="100k", choices=PLANS)
    for name in CHANGEABLE:
        parser.add_argument(f"--{name.replace('_', '-')}", type=int)
    parser.add_argument("--cut-delay-seconds", type=float)
    parser.add_argument("--results", type=Path, default=figures.RESULTS, help="where figures and plots go")
    return parser.parse_args(words)


def _plan(asked: argparse.Namespace) -> Plan:
    changed = {name: getattr(asked, name) for name in (*CHANGEABLE, "cut_delay_seconds")}
    changed = {name: value for name, value in changed.items() if value is not None}
    plan = dataclasses.replace(PLANS[asked.plan], **changed)
    if "readers" in changed:
        title_text = f"{plan.readers:,} readers, {plan.hot_readers:,} of them on one post"
        plan = dataclasses.replace(plan, title_text=title_text)
    return plan


def _say(line: str) -> None:
    print(f"  {time.strftime('%H:%M:%S')}  {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
