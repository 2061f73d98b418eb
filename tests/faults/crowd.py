"""Readers who clap over HTTP without a pause, and remember what they were told."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from types import TracebackType
from typing import Self

from itsdangerous import URLSafeSerializer

from claps.plain.limits import CLAPS_PER_READER
from tests.faults.books import Books
from tests.parts.claps_server import SECRET_KEY, ClapsServer
from tests.parts.http_client import Answer, Client
from tests.parts.processes import eventually

HANDS = 4
AFTER_REFUSAL_SECONDS = 0.05
POSTS = range(1, 10)
Pair = tuple[int, int]


class Crowd:
    """Several threads, each a reader after another; use it in a ``with``.

    ``acknowledged`` and ``unknown`` count claps by post and reader: those that were answered with 200, and those of
    which nobody knows whether they were counted. ``refusals`` counts the latter by what was answered.
    """

    def __init__(self, server: ClapsServer, *, hands: int = HANDS) -> None:
        self._server = server
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._clap_on) for _ in range(hands)]
        self.acknowledged: Counter[Pair] = Counter()
        self.unknown: Counter[Pair] = Counter()
        self.refusals: Counter[str] = Counter()
        self.slowest_seconds = 0.0

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join(30)

    def wait_for_claps(self, count: int = 50, *, seconds: float = 20) -> None:
        """Return when so many more claps were acknowledged."""
        goal = self.acknowledged.total() + count
        eventually(lambda: self.acknowledged.total() >= goal, seconds=seconds)

    def check(self, books: Books, before: dict[int, int]) -> None:
        """Say that SQL has each acknowledged clap exactly once, now that everything is flushed.

        :param before: ``books.stored()`` when the crowd came.
        """
        check_claps(books, before, self.acknowledged, self.unknown)

    def _clap_on(self) -> None:
        while not self._ending.is_set():
            reader = self._server.open_client()
            for turn in range(CLAPS_PER_READER * len(POSTS)):
                if self._ending.is_set():
                    return
                self._clap(reader, POSTS[turn % len(POSTS)])

    def _clap(self, reader: Client, post_id: int) -> None:
        began = time.monotonic()
        try:
            answer = reader.post_json(f"/posts/{post_id}/claps", {"claps": 1})
        except (OSError, http.client.HTTPException) as error:
            self._note_unknown(reader, post_id, type(error).__name__)
            return
        self.slowest_seconds = max(self.slowest_seconds, time.monotonic() - began)
        if answer.status == 200:
            self.acknowledged[post_id, id_of(reader)] += 1
        else:
            self._note_unknown(reader, post_id, reason_of(answer))

    def _note_unknown(self, reader: Client, post_id: int, reason: str) -> None:
        self.unknown[post_id, id_of(reader)] += 1
        self.refusals[reason] += 1
        self._ending.wait(AFTER_REFUSAL_SECONDS)


def check_claps(
    books: Books, before: dict[int, int], acknowledged: Counter[Pair], unknown: Counter[Pair]
) -> None:
    """Say that SQL has each acknowledged clap exactly once, now that everything is flushed.

    :param before: ``books.stored()`` when the first of them clapped.
    """
    books.check()
    given = books.given()
    lost = {pair: count for pair, count in acknowledged.items() if given.get(pair, 0) < count}
    assert not lost, "acknowledged claps are missing"
    most = acknowledged + unknown
    twice = {pair: given.get(pair, 0) for pair in acknowledged if given.get(pair, 0) > most[pair]}
    assert not twice, "claps were counted more often than given"
    for post_id, claps in books.stored().items():
        surely = sum(count for (post, _), count in acknowledged.items() if post == post_id)
        maybe = sum(count for (post, _), count in unknown.items() if post == post_id)
        assert 0 <= claps - before[post_id] - surely <= maybe, f"post {post_id} has {claps}"


def id_of(reader: Client) -> int:
    """The reader's number as its cookie has it; 0 before it has one."""
    cookie = reader.cookies.get("reader") or reader.cookies.get("__Host-reader")  # where there is TLS
    return int(URLSafeSerializer(SECRET_KEY, salt="reader").loads(cookie)) if cookie else 0


def reason_of(answer: Answer) -> str:
    """What was answered instead of 200."""
    return f"{answer.status} {answer.json['detail']}"
