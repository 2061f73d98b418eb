"""The process of readers who come back, as a benchmark sees it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from types import TracebackType
from typing import Self

from benchmarks.returning import TELL_SECONDS, Told
from claps.settings import ROOT
from tests.parts.processes import eventually

SETTLE_SECONDS = 3.0


class ReturningCrowd:
    """``benchmarks.returning`` at a port; to be used in a ``with``."""

    def __init__(self, port: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.returning", str(port)], cwd=ROOT,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
        )
        self.all_told: list[Told] = []
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        eventually(lambda: self.all_told)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.kill()
        self._process.wait()
        self._thread.join()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()

    @property
    def last(self) -> Told:
        """What was told last."""
        return self.all_told[-1]

    def say(self, line: str) -> None:
        """Tell it what to do."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")

    def sum_of(self, name: str) -> int:
        """How many of something there were, from the beginning."""
        return sum(getattr(told, name) for told in self.all_told)

    def reconnects(self, since: float) -> list[tuple[float, float]]:
        """When how many came back a second."""
        return [(told.at, told.opened / TELL_SECONDS) for told in self.all_told if told.at > since]

    def end(self) -> dict[int, dict[int, int]]:
        """Let nobody clap any more; return what everybody sees in the end, readers by post and number of claps."""
        self.say("clap 0")
        time.sleep(SETTLE_SECONDS)
        self.say("end")
        self._process.wait(30)
        self._thread.join()
        return {int(post): {int(claps): count for claps, count in counts.items()} for post, counts in
                self.last.shown.items()}

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.all_told.append(Told(**json.loads(line)))
