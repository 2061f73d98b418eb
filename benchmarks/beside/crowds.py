"""The load: a crowd that also notes what it saw, and long-pollers."""

from __future__ import annotations

import struct
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks.beside.dialects import Script
from benchmarks.programs import BILLION, Crowd, Opened, Round, build, cores, end, pin

SIGHTING = struct.Struct("=qii")


class Sighting(NamedTuple):
    """Who saw which number when, in nanoseconds; the number is -1 for a clap that was sent."""

    at: int
    who: int
    number: int


class NotingCrowd(Crowd):
    """A crowd that notes when one connection of some saw which number of claps, and when each clap was sent."""

    def watch(self, each: int, needle: str) -> None:
        """Note from now on, at every ``each`` connection, the number behind ``needle``."""
        self._ask(f"watch {each} {needle}")

    def sightings(self) -> list[Sighting]:
        """Take what was noted."""
        path = self._folder / f"sightings-{self._process.pid}"
        self._ask(f"sightings {path}")
        return [Sighting(*one) for one in SIGHTING.iter_unpack(path.read_bytes())]


def clap_to_sight_ms(claps: Sequence[Sighting], sights: Sequence[Sighting], base: int) -> list[float]:
    """How long each clap took until each who noted saw a count with it: the first clap makes ``base + 1``, and so on.

    Claps are not told apart in a count. So this is the time from when so many had been sent until so many were shown.
    """
    sent = sorted(clap.at for clap in claps if clap.number < 0)
    shown: defaultdict[int, int] = defaultdict(int)
    times = []
    for at, who, number in sights:
        if number < 0:
            continue
        seen = min(number - base, len(sent))
        times += [(at - sent[index]) / 1e6 for index in range(shown[who], seen)]
        shown[who] = max(shown[who], seen)
    return times


def share(times: list[float], part: float) -> float:
    """The time within which this part of them was; 0 of nothing."""
    return sorted(times)[int(len(times) * part)] if times else 0.0


class Pollers:
    """Many long-pollers in one process of ``pollers.c``."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def open(self, count: int, *, window: int = 64) -> Opened:
        """Open more pollers, at most ``window`` in their first requests at a time."""
        _, opened, refused, took = self._ask(f"open {count} {window}").split()
        return Opened(int(opened), int(refused), int(took) / BILLION)

    def see(self, needle: str, trigger: Callable[[], None], *, seconds: float = 30) -> Round:
        """Trigger an update and wait until all have had an answer with ``needle`` in it."""
        self._ask(f"round {seconds * 1000:.0f} {needle}")
        triggered_at = time.monotonic_ns()
        trigger()
        told = self._answer().split()
        return Round(int(told[1]), triggered_at, int(told[2]), int(told[3]), int(told[4]))

    def _ask(self, line: str) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        return self._answer()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the pollers have ended")
        return line


@contextmanager
def open_pollers(folder: Path, port: int, script: Script) -> Iterator[Pollers]:
    """Start a process of pollers; it ends with the block."""
    path = folder / f"script-{port}"
    path.write_bytes(b"".join(request + b"\0" for request in script.requests))
    command = [str(build("pollers", folder)), str(port), str(path), str(script.loop), *script.marks]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
    try:
        pin(process.pid, cores()[1])
        yield Pollers(process)
    finally:
        end(process)
