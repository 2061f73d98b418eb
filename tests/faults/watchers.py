"""Readers who have a post open while something breaks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Stream
from tests.parts.websocket_client import JSON_PROTOCOL, WebSocketClient

SOCKETS = 6
LIVE = "/live?topic=post:1"


class Watchers:
    """Programs on WebSockets, pages on WebSockets, and an event stream, all on post 1."""

    def __init__(self, server: ClapsServer, stack: ExitStack) -> None:
        self.programs = [
            stack.enter_context(WebSocketClient(server.port, LIVE, protocol=JSON_PROTOCOL)) for _ in range(SOCKETS)
        ]
        self.pages = [stack.enter_context(WebSocketClient(server.port, LIVE)) for _ in range(SOCKETS)]
        headers = {"Accept": "text/event-stream"}
        self.stream: Stream = stack.enter_context(server.open_client().open_stream(LIVE, headers=headers))
        self.first: list[dict[str, Any]] = [program.receive_json() for program in self.programs]

    def wait_to_see(self, claps: int) -> list[dict[str, Any]]:
        """Return when everybody has seen a count; what the programs saw."""
        seen = self.wait_for_programs(claps)
        for page in self.pages:
            page.receive_until(f'<hx-partial id="claps-1">{claps:,}<')
        self.stream.read_until(f'"claps":{claps},')
        return seen

    def wait_for_programs(self, claps: int) -> list[dict[str, Any]]:
        """Return when the programs have seen a count or a higher one; what they saw."""
        return [see(program, claps) for program in self.programs]

    def wait_for_readers(self, count: int) -> None:
        """Return when it was told that so many are reading now."""
        while self.programs[0].receive_json()["state"]["readers"] < count:
            pass


def see(program: WebSocketClient, claps: int) -> dict[str, Any]:
    """Pass over news until one tells this count, or one that is higher."""
    while True:
        news: dict[str, Any] = program.receive_json()
        if news["state"]["claps"] >= claps:
            return news


@contextmanager
def watching(server: ClapsServer) -> Iterator[Watchers]:
    """Watch post 1 meanwhile."""
    with ExitStack() as stack:
        yield Watchers(server, stack)
