"""A way between two programs that can be cut, fall silent or grow long. ``python -m tests.parts.network_path`` runs it.

It stands in user space, so that it needs no rights and works on every machine: to both ends a silent way looks like
a lost route, a cut one like a host that refuses, and a long one like a far or lossy line.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path

from tests.parts.processes import Child, eventually, find_free_port

CHUNK_BYTES = 64 * 1024
LOOK_SECONDS = 0.02
PASS = "pass 0"
ROOT = Path(__file__).resolve().parent.parent.parent


class NetworkPath(Child):
    """The near end of a way to a port of this machine. Not started by being made: call :meth:`start`."""

    def __init__(self, target_port: int, *, log: Path) -> None:
        self.port = find_free_port()
        self._orders = log.with_suffix(".orders")
        self._obeyed = log.with_suffix(".obeyed")
        settings = [str(self.port), str(target_port), str(self._orders)]
        command = [sys.executable, "-m", "tests.parts.network_path", *settings]
        super().__init__(command, log=log)

    def start(self) -> None:
        """Let bytes pass, and return when it listens."""
        self._obeyed.unlink(missing_ok=True)
        self._orders.write_text(PASS)
        self.launch(lambda: self._obeyed.exists(), folder=ROOT)

    def let_pass(self) -> None:
        """Let everything pass at once."""
        self._order(PASS)

    def cut(self) -> None:
        """Break what is connected and refuse what comes."""
        self._order("cut 0")

    def fall_silent(self) -> None:
        """Let nothing pass any more and break nothing; what was sent meanwhile arrives later."""
        self._order("silent 0")

    def delay(self, seconds: float) -> None:
        """Let everything arrive so much later, in each direction."""
        self._order(f"pass {seconds}")

    def _order(self, order: str) -> None:
        self._orders.write_text(order)
        eventually(lambda: not self.is_running or self._obeyed.read_text() == order)


class Way:
    """What the process runs: one listener, and two flows for each connection."""

    def __init__(self, target_port: int, orders: Path) -> None:
        self._target_port = target_port
        self._orders = orders
        self._order, self._mode, self._delay_seconds = "", "pass", 0.0
        self._writers: set[asyncio.StreamWriter] = set()
        self._open = asyncio.Event()

    async def run(self, port: int) -> None:
        """Listen and obey, for ever."""
        await asyncio.start_server(self._connect, "127.0.0.1", port)
        while True:
            self._obey()
            await asyncio.sleep(LOOK_SECONDS)

    def _obey(self) -> None:
        order = self._orders.read_text()
        mode, _, seconds = order.partition(" ")
        if order == self._order or not seconds:
            return  # There is no other one, or it is being written.
        self._order = order
        self._mode, self._delay_seconds = mode, float(seconds)
        if mode == "silent":
            self._open.clear()
        else:
            self._open.set()
        if mode == "cut":
            for writer in self._writers:
                writer.transport.abort()
        self._orders.with_suffix(".obeyed").write_text(order)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._mode == "cut":
            writer.transport.abort()
            return
        try:
            there, to_there = await asyncio.open_connection("127.0.0.1", self._target_port)
        except OSError:
            writer.transport.abort()
            return
        both = {writer, to_there}
        self._writers |= both
        try:
            async with asyncio.TaskGroup() as flows:
                flows.create_task(self._flow(reader, to_there))
                flows.create_task(self._flow(there, writer))
        finally:
            self._writers -= both
            for one in both:
                one.transport.abort()

    async def _flow(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(CHUNK_BYTES):
                if self._delay_seconds:
                    await asyncio.sleep(self._delay_seconds)
                await self._open.wait()
                target.write(data)
                await target.drain()
        with contextlib.suppress(OSError, RuntimeError):
            target.write_eof()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(Way(int(sys.argv[2]), Path(sys.argv[3])).run(int(sys.argv[1])))
