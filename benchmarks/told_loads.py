"""How many subscribers each worker has, as the workers tell each other."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Self

import redis

from claps.plain.channels import HOUSE_CHANNEL
from claps.plain.limits import LOAD_LIVES_SECONDS
from claps.plain.loads import read_load


class ToldLoads:
    """Listens on the house channel; to be used in a ``with``."""

    def __init__(self, redis_url: str) -> None:
        self._client = redis.Redis.from_url(redis_url, decode_responses=True)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._points: dict[str, list[tuple[float, int]]] = {}
        self._nodes: dict[str, str] = {}
        self._gone: set[str] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ending.set()
        self._thread.join()
        self._client.close()

    @property
    def now(self) -> dict[str, int]:
        """The last word of every worker that lives."""
        since = time.monotonic() - LOAD_LIVES_SECONDS
        return {
            name: points[-1][1]
            for name, points in list(self._points.items())
            if name not in self._gone and points[-1][0] >= since
        }

    def count(self) -> int:
        """All subscribers."""
        return sum(self.now.values())

    def are_even(self, workers: int, share: float) -> bool:
        """True when there are so many workers, and the busiest has at most ``share`` times the mean."""
        counts = self.now.values()
        return len(counts) == workers and max(counts) <= share * sum(counts) / workers

    def series(self) -> dict[str, list[tuple[float, int]]]:
        """Each worker's points, named in the order of their coming."""
        nodes = list(dict.fromkeys(self._nodes.values()))
        found: dict[str, list[tuple[float, int]]] = {}
        for name, points in self._points.items():
            node = nodes.index(self._nodes[name]) + 1
            number = sum(one.startswith(f"node {node}") for one in found) + 1
            found[f"node {node}, worker {number}"] = points
        return found

    def _listen(self) -> None:
        with self._client.pubsub() as pubsub:
            pubsub.subscribe(HOUSE_CHANNEL)
            while not self._ending.is_set():
                message = pubsub.get_message(timeout=0.2)
                load = read_load(message["data"]) if message and message["type"] == "message" else None
                if load is None:
                    continue
                self._nodes[load.worker] = load.node
                if load.subscribers is None:
                    self._gone.add(load.worker)
                points = self._points.setdefault(load.worker, [])
                points.append((time.monotonic(), load.subscribers or 0))
