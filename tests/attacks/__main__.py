"""``python -m tests.attacks [--sockets 20000]``: the attacks at full size, and what others get meanwhile.

It ends with 1 when somebody else was not answered, or a worker's memory is not bounded.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from tests.attacks import half_open
from tests.attacks.test_slow_peers import SAYS
from tests.attacks.wire import connect
from tests.parts import processes
from tests.parts.claps_server import ClapsServer

MOST_GROWN_BYTES = 200 * 1024 * 1024
ASK_SECONDS = 0.05
HOLDERS = 4
Attack = Callable[[int, int], list[Any]]


@dataclass
class Others:
    """Readers who ask for a page, clap, and are at peace with everybody."""

    server: ClapsServer
    statuses: Counter[int] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)
    _ending: threading.Event = field(default_factory=threading.Event)

    def ask_on(self) -> None:
        """Ask until told to stop; 0 is no answer within ten seconds."""
        while not self._ending.wait(ASK_SECONDS):
            began = time.monotonic()
            status = 0
            with contextlib.suppress(OSError):
                status = self.server.open_client().get("/posts/1", seconds=10).status
            self.statuses[status] += 1
            self.milliseconds.append((time.monotonic() - began) * 1000)

    def stop(self) -> None:
        """Ask no more."""
        self._ending.set()


def open_saying(octets: bytes) -> Attack:
    """Connections that send this, and no more; held by processes of their own, each with files of its own."""

    def attack(port: int, count: int) -> list[Any]:
        holders = []
        for _ in range(HOLDERS):
            ours, theirs = multiprocessing.Pipe()
            holder = multiprocessing.Process(target=hold, args=(theirs, port, count // HOLDERS, octets), daemon=True)
            holder.start()
            theirs.close()
            holders.append((holder, ours))
        print(f"  {sum(ours.recv() for _, ours in holders):,} are open", flush=True)
        return holders

    return attack


def hold(told: Any, port: int, count: int, octets: bytes) -> None:
    """Open connections, say how many, and hold them until killed."""
    opened = []
    for _ in range(count):
        with contextlib.suppress(OSError):
            sock = connect(port)
            opened.append(sock)
            sock.sendall(octets)
    told.send(len(opened))
    threading.Event().wait()


def begin_only(port: int, count: int) -> list[Any]:
    """Connections of which only the first packet comes."""
    half_open.begin(port, count)
    print(f"  the kernel keeps {half_open.count_half_open(port):,} of them half-open", flush=True)
    return []


def besiege(server: ClapsServer, what: str, attack: Attack, *, count: int, seconds: float) -> bool:
    """Attack, look what others get, and say so; return whether all is well."""
    workers = [psutil.Process(pid) for pid in server.worker_pids]
    before, spent = (sum(one.memory_info().rss for one in workers), sum(sum(one.cpu_times()[:2]) for one in workers))
    others = Others(server)
    asking = threading.Thread(target=others.ask_on)
    asking.start()
    began = time.monotonic()
    opened = attack(server.port, count)
    took = time.monotonic() - began
    time.sleep(seconds)
    files = sum(one.num_fds() for one in workers)
    others.stop()
    asking.join()
    grown = sum(one.memory_info().rss for one in workers) - before
    cpu = sum(sum(one.cpu_times()[:2]) for one in workers) - spent
    for holder, ours in opened:
        holder.kill()
        holder.join()
        ours.close()
    times = sorted(others.milliseconds)
    print(
        f"| {what} | {count:,} in {took:.0f} s | {others.statuses[200]:,} of {others.statuses.total():,}, "
        f"{others.statuses[503]:,} asked to come back "
        f"| {times[len(times) // 2]:.0f}, {times[len(times) * 99 // 100]:.0f} ms "
        f"| {files:,} | {grown / 2**20:+.0f} MB | {cpu:.0f} s |", flush=True,
    )
    answered = others.statuses[200] + others.statuses[503]
    return answered == others.statuses.total() and others.statuses[200] > 0 and grown < MOST_GROWN_BYTES


def main(words: list[str]) -> int:
    """Do all of it; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.attacks", description=__doc__)
    parser.add_argument("--sockets", type=int, default=20_000)
    parser.add_argument("--only", help="one of them, by the beginning of its name")
    parser.add_argument("--seconds", type=float, default=10, help="how long each lasts when all have come")
    asked = parser.parse_args(words)
    half_open.enter_network(words)
    processes.adopt_orphans()
    attacks = {what: open_saying(octets) for what, octets in SAYS.items()}
    if half_open.is_possible():
        attacks["half-open connections"] = begin_only
    print("| what | how many | others answered | half, 99 of 100 within | files | memory | processor |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="claps-attack-") as folder:
        server = ClapsServer(Path(folder))
        server.start()
        try:
            size = {"count": asked.sockets, "seconds": asked.seconds}
            chosen = {what: attack for what, attack in attacks.items() if what.startswith(asked.only or "")}
            well = [besiege(server, what, attack, **size) for what, attack in chosen.items()]
        finally:
            server.kill()
    return 0 if all(well) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
