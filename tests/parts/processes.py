"""Child processes of the tests: started, waited for, killed, and none left behind."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import psutil

T = TypeVar("T")

POLL_SECONDS = 0.02
START_SECONDS = 30
STOP_SECONDS = 30
PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


def eventually(check: Callable[[], T], *, seconds: float = 30) -> T:
    """Return what ``check`` returns as soon as it is true.

    For processes outside this one, which cannot be waited for by an event. A failing assert or a failing
    connection inside ``check`` counts as "not yet", and is the error that is shown if it never passes.
    """
    deadline = time.monotonic() + seconds
    while True:
        failure: Exception | None = None
        try:
            value = check()
        except (AssertionError, OSError) as error:
            failure = error
        else:
            if value:
                return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {failure or check}") from failure
        time.sleep(POLL_SECONDS)


def find_free_port() -> int:
    """Return a TCP port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Child:
    """One process in a session of its own, with its output in a log.

    :param lasting: True for a part that outlives a test; see :func:`list_left_behind`.
    """

    lasting_ones: list[Child] = []

    def __init__(self, command: Sequence[str], *, log: Path, lasting: bool = False) -> None:
        self.command = list(command)
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        if lasting:
            Child.lasting_ones.append(self)

    @property
    def pid(self) -> int:
        """The process id; an error when it does not run."""
        assert self.process is not None, f"{self.command[0]} was not started"
        return self.process.pid

    @property
    def is_running(self) -> bool:
        """True until it has ended, by itself or not."""
        return self.process is not None and self.process.poll() is None

    @property
    def is_frozen(self) -> bool:
        """True while it is paused."""
        return self.is_running and psutil.Process(self.pid).status() == psutil.STATUS_STOPPED

    @property
    def log_text(self) -> str:
        """Everything it has written so far, over all its starts."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def launch(
        self,
        is_ready: Callable[[], object],
        *,
        environ: Mapping[str, str] | None = None,
        folder: Path | None = None,
        seconds: float = START_SECONDS,
    ) -> None:
        """Start it and return when ``is_ready`` says so; its log is in the error if it never does."""
        assert not self.is_running, f"{self.command[0]} runs already"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environ, cwd=folder,
                start_new_session=True,
            )
        try:
            eventually(lambda: not self.is_running or is_ready(), seconds=seconds)
            assert self.is_running, f"it ended with {self.process.returncode}"
        except AssertionError as error:
            self.kill()
            raise AssertionError(f"{self.command}: {error}\n{self.log_text[-4000:]}") from error

    def stop(self, *, by: signal.Signals = signal.SIGTERM, seconds: float = STOP_SECONDS) -> int:
        """Ask it and what it started to end, as a terminal does, and return its exit code."""
        if self.process is None:
            return 0
        family = list_family(self.process.pid)
        try:
            send(self.process.pid, by, group=by == signal.SIGINT)
            return self.process.wait(seconds)
        finally:
            kill_all(family)
            self.process.wait(STOP_SECONDS)

    def kill(self) -> None:
        """Kill it and all that it started, as a power cut would."""
        if self.process is None:
            return
        kill_all(list_family(self.process.pid))
        self.process.wait(STOP_SECONDS)

    def pause(self) -> None:
        """Freeze it: its sockets stay open and nobody answers."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        if self.is_running:
            os.kill(self.pid, signal.SIGCONT)


def send(pid: int, by: signal.Signals, *, group: bool) -> None:
    """Send a signal to a process or to its whole group; one that is gone is no error."""
    try:
        os.killpg(pid, by) if group else os.kill(pid, by)
    except ProcessLookupError:
        pass


def list_family(pid: int) -> list[psutil.Process]:
    """Return a process and all that it started, oldest first; empty if it is gone."""
    try:
        head = psutil.Process(pid)
        return [head, *head.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def kill_all(processes: Sequence[psutil.Process]) -> None:
    """Kill those that still run, and reap those that became ours by losing their parent."""
    for process in processes:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            pass
    psutil.wait_procs(processes, timeout=STOP_SECONDS)


def adopt_orphans() -> None:
    """Make grandchildren that lose their parent our children, so that they are seen (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def list_children() -> set[int]:
    """Return the process ids of our children, those that were adopted among them."""
    tasks = Path("/proc/self/task")
    try:
        # Where Linux tells, it is a hundred times as fast as to look at every process of the machine; that the same is
        # told twice is asked for because while one ends, another may be left out.
        once, again = None, _told_children(tasks)
        while once != again:
            once, again = again, _told_children(tasks)
        return again
    except FileNotFoundError:
        return {child.pid for child in psutil.Process().children()}


def _told_children(tasks: Path) -> set[int]:
    return {int(pid) for task in tasks.iterdir() for pid in (task / "children").read_text().split()}


def list_left_behind(before: set[int]) -> list[psutil.Process]:
    """Return children that still run, that were not there ``before`` and that no lasting part owns."""
    known = before | {child.pid for child in Child.lasting_ones if child.process is not None}
    found = []
    for pid in list_children() - known:
        with contextlib.suppress(psutil.NoSuchProcess):
            child = psutil.Process(pid)
            if child.status() != psutil.STATUS_ZOMBIE:
                found.append(child)
    return found
