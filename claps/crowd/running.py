"""Runs one simulation from its settings to its table."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from rich.console import Console

from claps.app import Core
from claps.crowd.counts import compare, compare_desk, compare_people, compare_table, find_posts
from claps.crowd.desks import write
from claps.crowd.display import Display
from claps.crowd.report import Outcome, show, sum_up
from claps.crowd.simulation import Plan, Simulation
from claps.crowd.targets import Target, knock, readers_possible
from claps.plain.errors import Invalid, Unavailable


def simulate(core: Core, target: Target, plan: Plan, *, posts: int, console: Console) -> Outcome:
    """Send a crowd to a site and print what it saw.

    Ctrl-C ends the clapping; the table then tells of what happened until then. A second one ends everything.

    :param posts: how many posts are read at most.
    :raises Invalid: this process cannot have as many files open as there shall be readers.
    :raises Unavailable: nobody answers there.
    """
    possible = readers_possible(plan.clappers)
    if plan.readers > possible:
        raise Invalid(
            "readers",
            f"{plan.readers:,} readers are too many for this process’s limit of open files: {possible:,} are "
            "possible. “ulimit -n” raises it, or start a second crowd beside this one.",
        )
    knock(target)
    post_ids = find_posts(core, target, posts)
    writer = write(target) if plan.people else None
    if len(post_ids) < posts:
        console.print(f"There are only {len(post_ids)} posts; the crowd reads those.")
    with Display(plan, console) as display:
        simulation = Simulation(plan, target, post_ids, tell=display.tell, writer=writer)
        try:
            simulation.company.join()
            simulation.board.open()
            with _stopping_by_ctrl_c(simulation):
                simulation.gather()
                if not simulation.audience.watching and not simulation.stopped:
                    raise Unavailable("Not one reader could connect.")
                busy = _clap(simulation)
            counts = compare(core, simulation)
            simulation.tell()
            faults = compare_people(simulation), compare_desk(simulation), compare_table(simulation)
            outcome = sum_up(simulation, counts, *faults, busy=busy)
        finally:
            simulation.close()
            if left := simulation.leave():
                console.print(f"{left} people named crowd_… could not leave, and are still there.")
    show(outcome, console)
    return outcome


def _clap(simulation: Simulation) -> float:
    began, worked = time.monotonic(), time.process_time()
    simulation.clap()
    busy = (time.process_time() - worked) / max(0.001, time.monotonic() - began)
    simulation.settle()
    return busy


@contextmanager
def _stopping_by_ctrl_c(simulation: Simulation) -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        simulation.stop()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
