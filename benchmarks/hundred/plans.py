"""How many readers of what, and what this machine must have for them."""

from __future__ import annotations

import math
import resource
import shutil
from dataclasses import dataclass
from pathlib import Path

from benchmarks.programs import Missing

# What one process of audience.c holds, and what a worker keeps free of its files.
READERS_EACH = 19_900
FILES_SPARE = 60
# Both ends, the kernel's part included, and with room: 10 KB a reader was measured.
READER_BYTES = 11_500
WORKER_BYTES = 90_000_000
VISITS_PER_SECOND = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """One run.

    :param hot_every: every how many readers one reads the hot post; 1 for all.
    :param polls: how many of a hundred poll for JSON.
    :param sockets: how many of a hundred hold a WebSocket carrying JSON; the rest hold one carrying HTML.
    :param posts: how many posts there are besides the hot one.
    :param lists: whether the others look over a list, two posts each, instead of reading one: nobody is told of them.
    :param ends_with_cut: whether all connections are cut in the end, and come back.
    :param run_seconds: when a run ends, and reports what it has, before anybody's patience does.
    :param cut_delay_seconds: who was cut off comes back at a random moment of so many seconds. A browser begins with
        one; but here all are cut at once, and whom the kernel's queue of 4,096 does not take knocks again after
        1, 2, 4 … 64 seconds.
    """

    name: str
    title_text: str
    readers: int
    workers: int
    audiences: int
    posts: int
    hot_every: int
    hot_claps: int
    other_claps: int
    seconds: int
    polls: int = 10
    sockets: int = 45
    cut_delay_seconds: float = 120
    sight_bound_ms: float | None = None
    lists: bool = False
    ends_with_cut: bool = True
    run_seconds: float = 455

    @property
    def hot_readers(self) -> int:
        """How many read the hot post."""
        return math.ceil(self.readers / self.hot_every)

    @property
    def readers_each(self) -> list[int]:
        """How many each process of the load side holds."""
        least, more = divmod(self.readers, self.audiences)
        return [least + (number < more) for number in range(self.audiences)]


PLANS = {
    "100k": Plan(
        "100k", "100,000 readers, 10,000 of them on one post", readers=100_000, workers=7, audiences=6, posts=10_000,
        hot_every=10, hot_claps=1_000, other_claps=1_000, seconds=30,
    ),
    "one-post": Plan(
        "one-post", "100,000 sockets on one post", readers=100_000, workers=7, audiences=6, posts=1,
        hot_every=1, hot_claps=1_000, other_claps=0, seconds=45, polls=0, sight_bound_ms=1_000,
    ),
    "million": Plan(
        "million", "1,000,000 readers, 10,000 of them on one post", readers=1_000_000, workers=54, audiences=52,
        posts=1_000, hot_every=100, hot_claps=100, other_claps=0, seconds=30, polls=0, lists=True, ends_with_cut=False,
        run_seconds=660,
    ),
}


def check_machine(plan: Plan) -> None:
    """See whether this machine can hold a plan, before anything is started; raise the soft limit of files.

    :raises Missing: it cannot; the message says what it lacks, and how much.
    """
    lacks = [line for line in (_files(plan), _all_files(plan), _ports(plan), _memory(plan)) if line]
    if shutil.which("cc") is None:
        lacks.append("a C compiler (cc)")
    if lacks:
        raise Missing(f"{plan.title_text}: this machine lacks\n" + "\n".join(f"  - {line}" for line in lacks))
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _files(plan: Plan) -> str:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    wanted = max(plan.readers_each) + FILES_SPARE
    if max(plan.readers_each) > READERS_EACH:
        return f"nothing, but the plan is wrong: one process of the load side holds {READERS_EACH:,} readers"
    return "" if hard >= wanted else f"open files for one process: {wanted:,} are needed, ulimit -Hn says {hard:,}"


def _all_files(plan: Plan) -> str:
    used, _, most = map(int, Path("/proc/sys/fs/file-nr").read_text().split())
    wanted = 2 * plan.readers + 1_000 * plan.workers
    return "" if most - used >= wanted else f"open files: {wanted:,} are needed, fs.file-max leaves {most - used:,}"


def _ports(plan: Plan) -> str:
    least, most = map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    wanted = max(plan.readers_each) + 1_000
    have = most - least
    return "" if have >= wanted else f"local ports: {wanted:,} are needed, ip_local_port_range has {have:,}"


def _memory(plan: Plan) -> str:
    wanted = plan.readers * READER_BYTES + plan.workers * WORKER_BYTES
    lines = Path("/proc/meminfo").read_text().splitlines()
    free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))
    return "" if free >= wanted else f"memory: {wanted / 2**30:.1f} GiB are needed, {free / 2**30:.1f} GiB are free"
