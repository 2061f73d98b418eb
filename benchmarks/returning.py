"""Run as a process of its own: readers who come back by themselves, as pages and programs do, and clap meanwhile.

Usage: python -m benchmarks.returning PORT; then, line by line on standard input: ``open SOCKETS POLLERS WINDOW``,
``ports PORT…``, ``clap PER_SECOND`` and ``end``. Prints one JSON object twice a second, and the last with ``shown``.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field

from benchmarks.returning_readers import Poller, Reader, Shared, SocketReader
from claps.crowd.connections import Loop
from claps.crowd.targets import find_target

TELL_SECONDS = 0.5
HOT_EVERY = 6
HOT_SHARE = 0.97
POSTS = 9
CLAPS_EACH = 45
CLAP_SECONDS = 0.02
OPEN_SECONDS = 0.02

NOTED = (
    "opened", "moved", "lost", "older", "clapped", "acknowledged", "refused", "unsaid", "unknown", "updates",
)


@dataclass
class Told:
    """What happened since the last time, and what is now."""

    at: float
    open: int
    by_port: dict[int, int]
    opened: int
    moved: int
    lost: int
    older: int
    clapped: int
    acknowledged: int
    refused: int
    unsaid: int
    unknown: int
    updates: int
    shown: dict[int, dict[int, int]] = field(default_factory=dict)


class Crowd:
    """All readers of this process.

    Every sixth has the first post open, the others have the other eight; nearly all claps are for the first.
    """

    def __init__(self, ports: list[int]) -> None:
        self.loop = Loop(find_target(f"http://127.0.0.1:{ports[0]}", anywhere=False))
        self.shared = Shared(self.loop, ports)
        self.readers: list[Reader] = []
        self.clappers: dict[bool, list[SocketReader]] = {True: [], False: []}
        self._to_open: list[Reader] = []
        self._window = 0
        self._owed = 0.0
        self._clapped_at = time.monotonic()
        self.claps_per_second = 0.0
        self.loop.later(OPEN_SECONDS, self._open_some)
        self.loop.later(CLAP_SECONDS, self._clap)

    def add(self, sockets: int, pollers: int, *, window: int) -> None:
        """Let more readers come, at most ``window`` of them at a time."""
        self._window = window
        kinds: list[type[Reader]] = [SocketReader] * sockets + [Poller] * pollers
        random.shuffle(kinds)
        for kind in kinds:
            number = len(self.readers)
            post = 1 if number % HOT_EVERY == 0 else 2 + number % (POSTS - 1)
            reader = kind(self.shared, post, f"127.0.0.{2 + number % 8}")
            self.readers.append(reader)
            self._to_open.append(reader)
            if isinstance(reader, SocketReader):
                self.clappers[post == 1].append(reader)

    def tell(self) -> Told:
        """Tell what happened, and begin to count anew."""
        noted, self.shared.noted = self.shared.noted, Counter()
        by_port = Counter(reader.port for reader in self.readers if reader.is_open)
        return Told(time.monotonic(), by_port.total(), dict(by_port), **{name: noted[name] for name in NOTED})

    def shown(self) -> dict[int, dict[int, int]]:
        """By post and number of claps, how many readers see it."""
        found: dict[int, Counter[int]] = {}
        for reader in self.readers:
            found.setdefault(reader.post, Counter())[reader.claps] += 1
        return {post: dict(counts) for post, counts in sorted(found.items())}

    def _open_some(self) -> None:
        under_way = sum(not reader.is_open for reader in self.readers) - len(self._to_open)
        for _ in range(min(len(self._to_open), max(0, self._window - under_way))):
            self._to_open.pop().open()
        if self._to_open or not self.readers:
            self.loop.later(OPEN_SECONDS, self._open_some)

    def _clap(self) -> None:
        now = time.monotonic()
        self._owed += self.claps_per_second * (now - self._clapped_at)
        self._clapped_at = now
        while self._owed >= 1:
            self._owed -= 1
            who = self.clappers[random.random() < HOT_SHARE]
            for _ in range(20):
                reader = random.choice(who)
                if reader.is_open and reader.given < CLAPS_EACH and not reader.asked:
                    reader.clap()
                    break
        self.loop.later(CLAP_SECONDS, self._clap)


def main(port: str) -> None:
    """Do what standard input says, until it says ``end``."""
    crowd = Crowd([int(port)])
    os.set_blocking(sys.stdin.fileno(), False)
    pending, tell_at = b"", time.monotonic()
    while True:
        crowd.loop.turn(0.05)
        if time.monotonic() >= tell_at:
            tell_at += TELL_SECONDS
            print(json.dumps(asdict(crowd.tell())), flush=True)
        try:
            pending += os.read(sys.stdin.fileno(), 4096)
        except BlockingIOError:
            continue
        while b"\n" in pending:
            line, _, pending = pending.partition(b"\n")
            word, *numbers = line.decode().split()
            if word == "open":
                crowd.add(int(numbers[0]), int(numbers[1]), window=int(numbers[2]))
            elif word == "ports":
                crowd.shared.set_ports([int(number) for number in numbers])
            elif word == "clap":
                crowd.claps_per_second = float(numbers[0])
            elif word == "end":
                told = crowd.tell()
                told.shown = crowd.shown()
                print(json.dumps(asdict(told)), flush=True)
                return


if __name__ == "__main__":
    main(*sys.argv[1:])
