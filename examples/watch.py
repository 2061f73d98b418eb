"""Follows a post or a table of Claps, and prints it after every change.

    python watch.py http://127.0.0.1:8000 post:12
    python watch.py http://127.0.0.1:8000 table:prices --by stream

A WebSocket, an event stream and long-polling bring the same messages. Each has a ``version``, and whoever comes back
with the last one they have seen is told everything after it, once: that is all there is to coming back after a cut.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import quote, urlsplit

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Ping, RejectConnection, Request, TextMessage

Message = dict[str, Any]
SILENT_SECONDS = 60  # The server says something every 25 seconds, if only that it is there.


class Refused(Exception):
    """The server will not tell us this, however often we ask."""


def follow(site: str, topic: str, *, by: str = "socket", since: str = "") -> Iterator[Message]:
    """Yield every message about a topic, for ever, over as many connections as it takes.

    :param since: the last version seen; empty to be told everything.
    :raises Refused: there is no such topic, or it is not for us.
    """
    pause = 1.0
    while True:
        try:
            for message in WAYS[by](site, f"/live?topic={quote(topic, safe=':')}&since={quote(since)}"):
                since, pause = message["version"], 1.0
                yield message
            if by == "poll":
                continue
        except (OSError, http.client.HTTPException):
            pass  # A cut. What we miss meanwhile is kept for us.
        time.sleep(random.uniform(0, pause))  # Not all at once, when everybody was cut off.
        pause = min(16.0, pause * 2)


def by_socket(site: str, path: str) -> Iterator[Message]:
    """Messages over a WebSocket, until it ends."""
    connection = connect(site)
    connection.connect()
    socket, wire, text = connection.sock, WSConnection(ConnectionType.CLIENT), ""
    with socket:
        socket.sendall(wire.send(Request(urlsplit(site).netloc, path, subprotocols=["claps.json.v1"])))
        while data := socket.recv(65536):
            wire.receive_data(data)
            for event in wire.events():
                match event:
                    case TextMessage():
                        text += event.data
                        if event.message_finished:
                            yield json.loads(text)
                            text = ""
                    case Ping():
                        socket.sendall(wire.send(event.response()))
                    case RejectConnection():
                        check(event.status_code)
                        return
                    case CloseConnection():
                        if event.code == 4403:
                            raise Refused(event.reason)
                        return
                    case AcceptConnection():
                        pass


def by_stream(site: str, path: str) -> Iterator[Message]:
    """Messages of an event stream, until it ends."""
    with ask(site, path, "text/event-stream") as answer:
        for line in answer:
            if line.startswith(b"data: "):
                yield json.loads(line[6:])


def by_poll(site: str, path: str) -> Iterator[Message]:
    """The messages of one long-poll; none when nothing has changed for a while."""
    with ask(site, path, "application/json") as answer:
        body = answer.read()
    if body:
        told = json.loads(body)
        yield from told if isinstance(told, list) else [told]


WAYS: dict[str, Callable[[str, str], Iterator[Message]]] = {"socket": by_socket, "stream": by_stream, "poll": by_poll}


def connect(site: str) -> http.client.HTTPConnection:
    """Make a connection that gives up on a server that is silent."""
    parts = urlsplit(site)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.netloc, timeout=SILENT_SECONDS)


@contextmanager
def ask(site: str, path: str, kind: str) -> Iterator[http.client.HTTPResponse]:
    """Ask for one kind of answer; its body is still to come."""
    with closing(connect(site)) as connection:
        connection.request("GET", path, headers={"Accept": kind, "Connection": "close"})
        with connection.getresponse() as answer:
            check(answer.status)
            yield answer


def check(status: int) -> None:
    """Raise what an HTTP status means for us: come back later, or not at all."""
    if status in (400, 401, 403, 404, 422):
        raise Refused(f"The server answered {status}.")
    if status >= 400:
        raise ConnectionError(f"The server answered {status}.")


class View:
    """What a topic is, as far as its messages have told: a post's counts, or a table's values by key."""

    def __init__(self) -> None:
        self.state: dict[str, Any] = {}
        self.is_whole = False

    def take(self, message: Message) -> None:
        """Bring it up to date by one message."""
        if "resync" in message:
            self.state, self.is_whole = {}, False
        if "event" in message:
            self._change(message["event"])
        elif "entries" in message.get("state", {}):
            self.state.update({entry["key"]: entry["value"] for entry in message["state"]["entries"]})
        elif "state" in message:
            self.state, self.is_whole = message["state"], True
        if message.get("snapshot") == "end":
            self.is_whole = True

    def _change(self, event: Message) -> None:
        if event["op"] == "put":
            self.state[event["key"]] = event["value"]
        else:  # delete or expire
            self.state.pop(event["key"], None)


def main() -> None:
    """Print what is followed, a line for each change."""
    parser = argparse.ArgumentParser(description="Follow a post or a table of Claps.")
    parser.add_argument("site", help="as in http://127.0.0.1:8000")
    parser.add_argument("topic", help="as in post:12 or table:prices")
    parser.add_argument("--by", choices=WAYS, default="socket", help="how to be told (socket)")
    wanted = parser.parse_args()
    view = View()
    for message in follow(wanted.site, wanted.topic, by=wanted.by):
        view.take(message)
        if view.is_whole:
            print(message["version"], json.dumps(view.state, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except Refused as error:
        raise SystemExit(str(error)) from None
