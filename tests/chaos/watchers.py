"""Programs that watch through the load balancer, come back with what they have seen, and keep what they were told."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from claps.plain.versions import Version, parse_version
from claps.store.logs import NOTHING_YET
from tests.parts.websocket_client import JSON_PROTOCOL, Closed, Rejected, WebSocketClient

SILENCE_SECONDS = 5
BACK_SECONDS = 0.2


class Watcher(threading.Thread):
    """Follows one topic until it is told to end.

    :ivar since: the version it comes back with, as it was told; empty before it was told anything.
    :ivar version: how far it has come; None before it was told anything.
    :ivar state: the newest state of a state topic.
    :ivar events: every event of a log topic, in the order in which they came.
    :ivar complaints: what should not have been.
    """

    def __init__(self, port: int, topic: str) -> None:
        super().__init__(daemon=True)
        self.topic = topic
        self.since = ""
        self.version: Version | None = None
        self.state: dict[str, Any] = {}
        self.events: list[dict[str, Any]] = []
        self.complaints: list[str] = []
        self.connections = 0
        self._port = port
        self._ending = threading.Event()
        self._socket: WebSocketClient | None = None

    def run(self) -> None:
        """Watch, and come back whenever it is cut off."""
        while not self._ending.is_set():
            try:
                self._watch()
            except (OSError, Closed, Rejected):
                self._ending.wait(BACK_SECONDS)

    def end(self) -> None:
        """Let it go home, also if it is told nothing at the moment."""
        self._ending.set()
        if (connected := self._socket) is not None:
            with suppress(OSError):
                connected.socket.shutdown(socket.SHUT_RDWR)
        self.join(SILENCE_SECONDS * 3)

    def _watch(self) -> None:
        asked = urlencode({"topic": self.topic, "since": self.since})
        with WebSocketClient(self._port, f"/live?{asked}", protocol=JSON_PROTOCOL, seconds=SILENCE_SECONDS) as one:
            self.connections += 1
            self._socket = one
            while not self._ending.is_set():
                try:
                    self._note(one.receive_json(seconds=SILENCE_SECONDS))
                except TimeoutError:
                    # Nothing may have happened; or a frozen end says nothing. Who asks again learns which.
                    return

    def _note(self, news: dict[str, Any]) -> None:
        self.since = news["version"]
        # In the middle of a snapshot a version has a mark behind it, from where the snapshot goes on.
        version = parse_version(self.since.partition("~")[0])
        assert version is not None
        if "event" in news:
            self._note_event(version, news["event"])
        elif news.get("resync") and self.version is not None:
            self.complaints.append(f"{self.topic} was lost at {self.version} and goes on at {version}")
        elif "state" in news:
            self._note_state(version, news["state"])
        self.version = version

    def _note_state(self, version: Version, state: dict[str, Any]) -> None:
        known = self.version
        if known is not None and known.epoch == version.epoch and version.offset < known.offset:
            self.complaints.append(f"{self.topic} went back from {known} to {version}")
        self.state = state

    def _note_event(self, version: Version, event: dict[str, Any]) -> None:
        known = self.version
        if known in (None, NOTHING_YET):
            known = Version(version.epoch, 0)  # Of an empty log nothing is told at first, or that it is one.
        if known.epoch != version.epoch or version.offset != known.offset + 1:
            self.complaints.append(f"{self.topic} told {version} after {known}")
        self.events.append(event)


class TableWatcher(Watcher):
    """Follows a realtime table, and has its entries as it was told of them.

    :ivar entries: values by key.
    """

    def __init__(self, port: int, topic: str) -> None:
        super().__init__(port, topic)
        self.entries: dict[str, Any] = {}

    def _note_state(self, version: Version, state: dict[str, Any]) -> None:
        self.entries.update({entry["key"]: entry["value"] for entry in state["entries"]})

    def _note_event(self, version: Version, event: dict[str, Any]) -> None:
        super()._note_event(version, event)
        if event["op"] == "put":
            self.entries[event["key"]] = event["value"]
        else:
            del self.entries[event["key"]]
