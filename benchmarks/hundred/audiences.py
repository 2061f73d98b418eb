"""The load side: processes of ``c/audience.c``, told what to do all at once."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.hundred.plans import Plan
from benchmarks.programs import build, end

FIRST_ADDRESS = 2  # 127.0.0.2; the server is 127.0.0.1
ADDRESSES_EACH = 5
HANDSHAKES = 400  # under way at once, over all processes


@dataclass(frozen=True, slots=True)
class Count:
    """Where the audience is; times and numbers of all processes added up."""

    open: int
    under_way: int
    right: int
    exact: int
    lost: int
    times_lost: int
    sent: int
    acked: int
    refused: int
    unknown: int
    updates: int
    polls: int
    visits: int
    wrong_visits: int
    sights_lost: int


class Audience:
    """All readers of a plan, and one process that visits pages; to be used in a ``with``.

    :param hot_id: the id of the hot post; the others follow from ``first_id`` on.
    """

    def __init__(self, folder: Path, plan: Plan, *, port: int, hot_id: int, first_id: int) -> None:
        self._folder = folder
        self._plan = plan
        self._processes: list[subprocess.Popen[str]] = []
        program = str(build("audience", folder))
        posts = [plan.hot_every, plan.polls, plan.sockets, hot_id, first_id, plan.posts + 1, int(plan.lists)]
        first = 0
        for number, readers in enumerate([*plan.readers_each, 0]):
            words = [port, first, *posts, FIRST_ADDRESS + number * ADDRESSES_EACH, folder / "times"]
            self._processes.append(subprocess.Popen(
                [program, *map(str, words)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
            ))
            first += readers
        self._visitor = self._processes.pop()
        _prefer(self._visitor.pid)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for process in (*self._processes, self._visitor):
            end(process)

    @property
    def pids(self) -> list[int]:
        """The processes that read; the visitor is not among them."""
        return [process.pid for process in self._processes]

    def open(self) -> None:
        """Begin to open all readers."""
        window = max(2, HANDSHAKES // len(self._processes))
        for process, readers in zip(self._processes, self._plan.readers_each, strict=True):
            _ask(process, f"open {readers} {window}")

    def clap(self, hot: float, others: float) -> None:
        """Clap from now on, so many times a second in all."""
        share = len(self._processes)
        self._tell_all(f"clap {hot / share} {others / share}")

    def visit(self, per_second: float, head: bytes) -> None:
        """Ask for a page over a new connection, so many times a second."""
        path = self._folder / "visit"
        path.write_bytes(head)
        _ask(self._visitor, f"visit {per_second} {path}")

    def come_back(self, *, seconds: float) -> None:
        """Let whoever loses the connection come back with full jitter over so many seconds."""
        self._tell_all(f"cut {seconds * 1000:.0f}")

    def learn_truth(self, truth: bytes) -> None:
        """Tell what each post is at: its claps and its version's offset, as 32-bit numbers."""
        path = self._folder / "truth"
        path.write_bytes(truth)
        self._tell_all(f"truth {path}")

    def count(self) -> Count:
        """Ask all where they are."""
        rows = [list(map(int, words[1:])) for words in self._tell_all("count", also_visitor=True)]
        return Count(*map(sum, zip(*rows, strict=True)))

    def missed(self) -> list[str]:
        """Who has not seen the truth, a line each."""
        lines: list[str] = []
        for process in self._processes:
            path = self._folder / f"missed-{process.pid}"
            _ask(process, f"missed {path}")
            lines += path.read_text().splitlines()
        return lines

    def histograms(self) -> list[str]:
        """What all have seen, as lines; see ``c/sights.h``."""
        lines: list[str] = []
        for process in (*self._processes, self._visitor):
            path = self._folder / f"seen-{process.pid}"
            _ask(process, f"write {path}")
            lines += path.read_text().splitlines()
        return lines

    def _tell_all(self, line: str, *, also_visitor: bool = False) -> list[list[str]]:
        told = [*self._processes, self._visitor] if also_visitor else self._processes
        for process in told:
            _tell(process, line)
        return [_answer(process) for process in told]


def _ask(process: subprocess.Popen[str], line: str) -> list[str]:
    _tell(process, line)
    return _answer(process)


def _tell(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(line + "\n")


def _answer(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line or line.startswith("unknown"):
        raise RuntimeError(f"a process of the audience has ended, or does not understand: {line}")
    return line.split()


def _prefer(pid: int) -> None:
    # Its own waiting for a core is none of the server's time; without the right to it, it is in the figure.
    try:
        os.sched_setscheduler(pid, os.SCHED_FIFO, os.sched_param(1))
    except PermissionError:
        pass
