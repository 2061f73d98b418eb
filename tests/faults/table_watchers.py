"""Programs that watch a table, are cut off and come back, and hold what they are told against a model."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import quote

from examples.watch import View
from tests.faults.table_model import Model
from tests.parts.websocket_client import JSON_PROTOCOL, Closed, WebSocketClient

SECONDS = 30
CUTS_MOST = 50


class Watcher(ABC):
    """One that watches; nothing is read before it looks, so that a cut loses what was under way."""

    def __init__(self, port: int, name: str) -> None:
        self.port, self.name = port, name
        self.view, self.since = View(), ""
        self.offset: int | None = None

    def look(self, model: Model) -> None:
        """Read what is told next, when there must be something; else only be there.

        :raises TimeoutError: it was not told.
        """
        try:
            self.come()
            if self.is_behind(model):
                for message in self.read():
                    self._take(message, model)
        except TimeoutError:
            raise
        except (OSError, HTTPException, Closed):
            self.cut()  # Its worker was killed.

    def catch_up(self, model: Model) -> None:
        """Look until all was seen."""
        for _ in range(len(model.history) + CUTS_MOST):
            if not self.is_behind(model):
                break
            self.look(model)
        assert self.view.is_whole and self.offset == model.offset, (self.offset, model.offset)
        assert self.view.state == model.history[-1]

    def is_behind(self, model: Model) -> bool:
        """True when there is something that it was not told."""
        return not self.view.is_whole or self.offset != model.offset

    @abstractmethod
    def come(self) -> None:
        """Be connected, and wait for what comes after the last that was seen."""

    @abstractmethod
    def read(self) -> list[dict[str, Any]]:
        """Read the next messages."""

    @abstractmethod
    def cut(self) -> None:
        """Be cut off."""

    def _path(self) -> str:
        return f"/live?topic=table:{self.name}&since={quote(self.since)}"

    def _take(self, message: dict[str, Any], model: Model) -> None:
        epoch, _, offset = message["version"].partition("~")[0].partition(".")
        # Nothing twice, nothing left out; and nobody is sent back to the beginning.
        assert epoch == model.epoch and "resync" not in message, message
        if "event" in message:
            assert self.offset is not None and int(offset) == self.offset + 1, (self.offset, message)
        else:
            assert not self.view.is_whole and self.offset in (None, int(offset)), (self.offset, message)
        self.view.take(message)
        self.since, self.offset = message["version"], int(offset)
        if self.view.is_whole:
            assert self.view.state == model.history[self.offset], message


class SocketWatcher(Watcher):
    """Over a WebSocket."""

    _socket: WebSocketClient | None = None

    def come(self) -> None:
        """Connect."""
        if self._socket is None:
            self._socket = WebSocketClient(self.port, self._path(), protocol=JSON_PROTOCOL, seconds=SECONDS)

    def read(self) -> list[dict[str, Any]]:
        """Read one message."""
        assert self._socket is not None
        return [self._socket.receive_json(seconds=SECONDS)]

    def cut(self) -> None:
        """Go without a word."""
        if self._socket is not None:
            self._socket.socket.close()
            self._socket = None


class PollWatcher(Watcher):
    """By long-poll: it has asked before there is anything to be told."""

    _asked: HTTPConnection | None = None

    def come(self) -> None:
        """Ask."""
        if self._asked is None:
            self._asked = HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
            self._asked.request("GET", self._path(), headers={"Accept": "application/json", "Connection": "close"})

    def read(self) -> list[dict[str, Any]]:
        """Read an answer; the next look asks again."""
        assert self._asked is not None
        with self._asked.getresponse() as answer:
            body = answer.read()
        self.cut()
        # It waited for so long that nothing was the answer.
        if answer.status == 304:
            return []
        assert answer.status == 200, body
        told = json.loads(body)
        return told if isinstance(told, list) else [told]

    def cut(self) -> None:
        """Go without waiting for an answer."""
        if self._asked is not None:
            self._asked.close()
            self._asked = None
