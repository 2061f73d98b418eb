"""The small C programs that stand at the other end: compiled when needed, told what to do through pipes."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

SOURCES = Path(__file__).parent / "c"
BILLION = 1_000_000_000


class Missing(Exception):
    """Something that this machine lacks; the message says what."""


def build(name: str, folder: Path, *options: str) -> Path:
    """Compile one of ``c/NAME.c`` into ``folder``, once.

    :raises Missing: there is no C compiler.
    """
    target = folder / name
    if target.exists():
        return target
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise Missing("no C compiler (cc) was found; on Debian: apt-get install gcc libc6-dev")
    command = [compiler, "-O2", *options, "-o", str(target), str(SOURCES / f"{name}.c")]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise Missing(f"{name}.c does not compile here:\n{done.stderr}")
    return target


def cores() -> tuple[int, int]:
    """The core of what is measured and the core of all else; the same one where there is only one."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[-1]


def pin(pid: int, core: int) -> None:
    """Keep a process, with all its threads, on one core."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), {core})


@dataclass(frozen=True, slots=True)
class Opened:
    """What came of opening connections."""

    open: int
    refused: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Round:
    """One update as a crowd saw it; times are ``time.monotonic_ns()``, ``triggered_at`` just before it was told."""

    count: int
    triggered_at: int
    first_at: int
    last_at: int
    frame_bytes: int

    @property
    def whole_ms(self) -> float:
        """From the trigger until the last one has it."""
        return (self.last_at - self.triggered_at) / 1e6

    @property
    def span_ms(self) -> float:
        """From the first one's receipt to the last one's."""
        return (self.last_at - self.first_at) / 1e6


@dataclass(frozen=True, slots=True)
class Clapping:
    """What came of clapping over sockets; times in milliseconds from clap to acknowledgement."""

    sent: int
    acked: int
    refused: int
    seconds: float
    p50_ms: float
    p99_ms: float
    max_ms: float


@dataclass(frozen=True, slots=True)
class Pings:
    """Round trips of pings, in milliseconds."""

    count: int
    p50_ms: float
    p99_ms: float
    max_ms: float


class Crowd:
    """Many connections in one process of ``crowd.c``; to be used in a ``with``."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder
        command = [str(build("crowd", folder)), str(port)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        pin(self._process.pid, cores()[1])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        end(self._process)

    def open(self, count: int, request: bytes, *, wait_for: str = "head", window: int = 64) -> Opened:
        """Open more connections, at most ``window`` at a time."""
        path = self._write("request", request)
        told = self._ask(f"open {count} {window} {wait_for} {path}")
        return Opened(int(told[1]), int(told[2]), int(told[3]) / BILLION)

    def see(self, needle: str, trigger: Callable[[], None], *, seconds: float = 10) -> Round:
        """Trigger an update and wait until all have had a message with ``needle`` in it."""
        self._ask(f"round {seconds * 1000:.0f} {needle}")
        triggered_at = time.monotonic_ns()
        trigger()
        told = self._answer()
        return Round(int(told[1]), triggered_at, int(told[2]), int(told[3]), int(told[4]))

    def clap(self, message: bytes, *, seconds: float, rate: int = 0, window: int = 256) -> Clapping:
        """Clap for some seconds, ``rate`` a second, or as fast as ``window`` connections are answered."""
        path = self._write("message", masked_frame(message))
        told = self._ask(f"clap {seconds * 1000:.0f} {rate} {window} {path}")
        sent, acked, refused, took, p50, p99, most = map(int, told[1:8])
        return Clapping(sent, acked, refused, took / BILLION, p50 / 1000, p99 / 1000, most / 1000)

    def ping(self, *, seconds: float, gap_seconds: float = 0.001) -> Callable[[], Pings]:
        """Begin to ping on the first connection; call what is returned for the outcome."""
        # Its own waiting for a core is none of the worker's pauses.
        try:
            os.sched_setscheduler(self._process.pid, os.SCHED_FIFO, os.sched_param(1))
        except PermissionError:
            pass
        self._tell(f"ping {seconds * 1000:.0f} {gap_seconds * 1e6:.0f}")

        def outcome() -> Pings:
            told = self._answer()
            return Pings(int(told[1]), int(told[2]) / 1000, int(told[3]) / 1000, int(told[4]) / 1000)

        return outcome

    def count(self) -> tuple[int, int]:
        """The open connections, and the text messages that have come so far."""
        told = self._ask("count")
        return int(told[1]), int(told[2])

    def close(self) -> None:
        """Close every connection."""
        self._ask("close")

    def _write(self, name: str, data: bytes) -> Path:
        path = self._folder / f"{name}-{self._process.pid}"
        path.write_bytes(data)
        return path

    def _ask(self, line: str) -> list[str]:
        self._tell(line)
        return self._answer()

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")

    def _answer(self) -> list[str]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the crowd has ended")
        return line.split()


class BareLoop:
    """A bare loop of ``send()`` over as many sockets as its crowd opens; to be used in a ``with``."""

    def __init__(self, folder: Path, count: int) -> None:
        self._count = count
        self._stack = ExitStack()
        self._process = subprocess.Popen(
            [str(build("bare", folder)), str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        self._stack.callback(end, self._process)
        pin(self._process.pid, cores()[0])
        self.crowd = self._stack.enter_context(Crowd(folder, int(self._line())))

    def __enter__(self) -> Self:
        opened = self.crowd.open(self._count, b"", wait_for="frames")
        assert opened.open == self._count and self._line() == b"ready", opened
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.close()

    def round(self, needle: str, frame_bytes: int) -> Round:
        """Send a message of this size, with ``needle`` in it, to everybody."""
        frame = text_frame(needle.encode(), frame_bytes)

        def trigger() -> None:
            assert self._process.stdin is not None
            self._process.stdin.write(b"%d\n" % len(frame) + frame)
            self._process.stdin.flush()

        seen = self.crowd.see(needle, trigger)
        self._line()
        return seen

    def _line(self) -> bytes:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


def end(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    """End a program of ours and close its pipes."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


def masked_frame(text: bytes) -> bytes:
    """A text message from a client; its mask is zero, so that the bytes stay as they are."""
    assert len(text) < 126
    return bytes((0x81, 0x80 | len(text))) + bytes(4) + text


def text_frame(text: bytes, frame_bytes: int) -> bytes:
    """A text message from a server, filled up so that the whole frame has this size."""
    size = frame_bytes - 2 if frame_bytes <= 127 else frame_bytes - 4
    head = bytes((0x81, size)) if size < 126 else bytes((0x81, 126)) + size.to_bytes(2, "big")
    return head + text.ljust(size)


def press(folder: Path, port: int, requests: Sequence[bytes], *, connections: int, seconds: float) -> Pressed:
    """Send HTTP requests over kept-alive connections for some seconds."""
    path = folder / "requests"
    path.write_bytes(b"".join(request + b"\0" for request in requests))
    command = [str(build("press", folder)), str(port), str(connections), f"{seconds * 1000:.0f}", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        pin(process.pid, cores()[1])
        told, _ = process.communicate(timeout=seconds + 30)
    count, wrong, took, p50, p99, _ = map(int, told.split()[1:])
    return Pressed(count, wrong, took / BILLION, p50 / 1000, p99 / 1000)


@dataclass(frozen=True, slots=True)
class Pressed:
    """What came of pressing a server; times in milliseconds."""

    count: int
    wrong: int
    seconds: float
    p50_ms: float
    p99_ms: float

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return self.count / self.seconds
