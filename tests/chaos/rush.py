"""Those who clap without a pause, over sockets, so that an hour's claps are given in some seconds."""

from __future__ import annotations

import threading
import uuid
from collections import Counter

from claps.plain.limits import CLAPS_PER_READER
from tests.chaos.people import AFTER_REFUSAL_SECONDS, ANSWER_SECONDS, POSTS, Pair, Street, clap_once
from tests.faults.crowd import id_of
from tests.parts.http_client import Client
from tests.parts.websocket_client import JSON_PROTOCOL, Closed, Rejected, WebSocketClient

HANDS = 4
# So many of one socket are under way.
AT_ONCE = 60


class Hurrier(threading.Thread):
    """Claps as one guest after the other until so many claps were acknowledged.

    ``acknowledged`` and ``unknown`` count claps by post and reader.
    """

    def __init__(self, street: Street, port: int, claps: int) -> None:
        super().__init__(daemon=True)
        self._street = street
        self._port = port
        self._claps = claps
        self.acknowledged: Counter[Pair] = Counter()
        self.unknown: Counter[Pair] = Counter()

    def run(self) -> None:
        """Clap until it is enough, or until it is sent home."""
        while self.acknowledged.total() < self._claps and not self._street.ending.is_set():
            reader = self._street.open_client()
            # With the first one a guest gets a name.
            answer = clap_once(reader, POSTS[0])
            good = answer is not None and answer.status == 200
            (self.acknowledged if good else self.unknown)[POSTS[0], id_of(reader)] += 1
            if not good or not self._clap_on(reader):
                self._street.ending.wait(AFTER_REFUSAL_SECONDS)

    def _clap_on(self, reader: Client) -> bool:
        path, headers = f"/live?topic=post:{POSTS[0]}", {"Cookie": reader.cookie_header}
        try:
            with WebSocketClient(self._port, path, protocol=JSON_PROTOCOL, headers=headers) as socket:
                for posts in _in_turns(AT_ONCE):
                    self._clap_for(socket, id_of(reader), posts)
        except (OSError, Closed, Rejected):
            return False
        return True

    def _clap_for(self, socket: WebSocketClient, reader_id: int, posts: list[int]) -> None:
        waiting = {uuid.uuid4().hex: post_id for post_id in posts}
        try:
            for name, post_id in waiting.items():
                socket.send_json({"clap": 1, "topic": f"post:{post_id}", "id": name})
            while waiting:
                told = socket.receive_json(seconds=ANSWER_SECONDS)
                if (name := told.get("ack")) in waiting:
                    self.acknowledged[waiting.pop(name), reader_id] += 1
                elif (name := told.get("refused")) in waiting:
                    self.unknown[waiting.pop(name), reader_id] += 1
        finally:
            self.unknown.update((post_id, reader_id) for post_id in waiting.values())


def _in_turns(at_once: int) -> list[list[int]]:
    """All the claps that one may give after the first one, in portions."""
    posts = [*POSTS[1:], *(list(POSTS) * (CLAPS_PER_READER - 1))]
    return [posts[begin:begin + at_once] for begin in range(0, len(posts), at_once)]
