"""Those who use the site meanwhile. Each keeps a list of what was acknowledged, and of what nobody answered."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from claps.plain.limits import CLAPS_PER_READER
from claps.plain.rates import CHANGES, WORDS
from tests.faults.crowd import id_of
from tests.parts.http_client import Answer, Client

POSTS = range(1, 10)
ANSWER_SECONDS = 20
AFTER_REFUSAL_SECONDS = 0.1
# So that the machine has time left to start again what was killed.
BETWEEN_CLAPS_SECONDS = 0.1
# Less than what one person may write in a minute: who is asked to slow down is not refused by a fault.
BETWEEN_COMMENTS_SECONDS = 60 / WORDS.most * 1.1
BETWEEN_ENTRIES_SECONDS = 60 / CHANGES.most * 1.1
PASSWORD = "applause"
TABLE = "ledger"
ENTRIES = f"/api/v1/tables/{TABLE}/entries"
COUNTER = "counted"
NOBODY_ANSWERED = (OSError, http.client.HTTPException)
Pair = tuple[int, int]


Act = Literal["claps", "pages", "writing"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One request: of what kind, when it was answered, after how many seconds, and whether it did what it was asked."""

    act: Act
    at: float
    seconds: float
    good: bool


class Street:
    """Where people go in and out: they rest between two faults, so that the books can be read.

    :ivar outcomes: every request of everybody.
    :ivar refusals: what was answered instead, how often.
    """

    def __init__(self, open_client: Callable[[], Client]) -> None:
        self.open_client = open_client
        self.ending = threading.Event()
        self.outcomes: list[Outcome] = []
        self.refusals: Counter[str] = Counter()
        self._going = threading.Condition()
        self._busy = 0
        self._resting = False

    def rest(self) -> None:
        """Let everybody finish what is under way, and begin nothing."""
        with self._going:
            self._resting = True
            assert self._going.wait_for(lambda: not self._busy, timeout=ANSWER_SECONDS * 3), "somebody never rests"

    def go_on(self) -> None:
        """Let everybody begin again."""
        with self._going:
            self._resting = False
            self._going.notify_all()

    def do(self, kind: Act, act: Callable[[], bool]) -> None:
        """Do one thing when it is allowed, and note how it went; wait a moment after what failed."""
        with self._going:
            self._going.wait_for(lambda: not self._resting or self.ending.is_set())
            if self.ending.is_set():
                return
            self._busy += 1
        began = time.monotonic()
        good = False
        try:
            good = act()
        finally:
            now = time.monotonic()
            self.outcomes.append(Outcome(kind, now, now - began, good))
            with self._going:
                self._busy -= 1
                self._going.notify_all()
        if not good:
            self.ending.wait(AFTER_REFUSAL_SECONDS)

    def is_good(self, answer: Answer | None, *statuses: int) -> bool:
        """Whether an answer is one of those that were hoped for; what else it is, is counted."""
        if answer is None:
            self.refusals["nobody answered"] += 1
        elif answer.status not in statuses:
            self.refusals[f"{answer.status} {answer.text[:100]}"] += 1
        return answer is not None and answer.status in statuses

    def end(self) -> None:
        """Send everybody home."""
        self.ending.set()
        self.go_on()


class Clapper(threading.Thread):
    """Claps once for post after post, as one guest after the other.

    ``acknowledged`` and ``unknown`` count claps by post and reader.
    """

    def __init__(self, street: Street) -> None:
        super().__init__(daemon=True)
        self._street = street
        self.acknowledged: Counter[Pair] = Counter()
        self.unknown: Counter[Pair] = Counter()

    def run(self) -> None:
        """Clap until it is sent home."""
        while not self._street.ending.is_set():
            reader = self._street.open_client()
            for turn in range(CLAPS_PER_READER * len(POSTS)):
                self._street.do("claps", partial(self._clap, reader, POSTS[turn % len(POSTS)]))
                self._street.ending.wait(BETWEEN_CLAPS_SECONDS)

    def _clap(self, reader: Client, post_id: int) -> bool:
        answer = clap_once(reader, post_id)
        good = self._street.is_good(answer, 200)
        (self.acknowledged if good else self.unknown)[post_id, id_of(reader)] += 1
        return good


class Member(threading.Thread):
    """Signs in, and writes then and when; what it writes, nobody else does."""

    between_seconds = BETWEEN_ENTRIES_SECONDS

    def __init__(self, street: Street, name: str) -> None:
        super().__init__(daemon=True)
        self._street = street
        self._name = name
        self._client: Client | None = None
        self._written = 0

    def run(self) -> None:
        """Write until it is sent home."""
        while not self._street.ending.is_set():
            self._street.do("writing", self._sign_in if self._client is None else self._write_next)
            self._street.ending.wait(self.between_seconds)

    def _sign_in(self) -> bool:
        client = self._street.open_client()
        self._client = client if sign_in(client, self._name) else None
        return self._client is not None

    def _write_next(self) -> bool:
        assert self._client is not None
        self._written += 1
        return self._write(self._client, self._written)

    def _write(self, client: Client, number: int) -> bool:
        raise NotImplementedError


class Commenter(Member):
    """Writes comments.

    :ivar acknowledged: the texts that were answered with 303, by post; ``unknown`` the others.
    """

    between_seconds = BETWEEN_COMMENTS_SECONDS

    def __init__(self, street: Street, name: str) -> None:
        super().__init__(street, name)
        self.acknowledged: dict[int, list[str]] = {}
        self.unknown: dict[int, list[str]] = {}

    def _write(self, client: Client, number: int) -> bool:
        post_id, text = POSTS[number % len(POSTS)], f"{self._name} says {number}."
        answer = _ask(lambda: client.post(f"/posts/{post_id}/comments", {"body": text}, seconds=ANSWER_SECONDS))
        good = self._street.is_good(answer, 303)
        (self.acknowledged if good else self.unknown).setdefault(post_id, []).append(text)
        return good


class Bookkeeper(Member):
    """Writes into a realtime table: a new entry, and one more in an entry that counts.

    :ivar acknowledged: the keys of entries that were answered; ``counted`` is what was added and answered, and
        ``maybe_counted`` what was added and not.
    """

    def __init__(self, street: Street, name: str) -> None:
        super().__init__(street, name)
        self.acknowledged: list[str] = []
        self.counted = 0
        self.maybe_counted = 0

    def _write(self, client: Client, number: int) -> bool:
        if number % 2:
            answer = _ask(lambda: client.post_json(f"{ENTRIES}/{COUNTER}/increment", {}, seconds=ANSWER_SECONDS))
            good = self._street.is_good(answer, 200)
            self.counted, self.maybe_counted = self.counted + good, self.maybe_counted + (not good)
            return good
        key, body = f"{self._name}-{number}", str(number).encode()
        headers = {"Content-Type": "application/json"}
        answer = _ask(
            lambda: client.ask("PUT", f"{ENTRIES}/{key}", body=body, headers=headers, seconds=ANSWER_SECONDS)
        )
        good = self._street.is_good(answer, 200, 201)
        if good:
            self.acknowledged.append(key)
        return good


class Visitor(threading.Thread):
    """Reads the front page and an article in turns, some times a second."""

    def __init__(self, street: Street) -> None:
        super().__init__(daemon=True)
        self._street = street

    def run(self) -> None:
        """Read until it is sent home."""
        client = self._street.open_client()
        while not self._street.ending.is_set():
            for path in ("/", "/posts/1"):
                self._street.do("pages", partial(self._read, client, path))
            self._street.ending.wait(0.2)

    def _read(self, client: Client, path: str) -> bool:
        answer = _ask(lambda: client.get(path, seconds=ANSWER_SECONDS))
        return self._street.is_good(answer, 200)


def clap_once(reader: Client, post_id: int) -> Answer | None:
    """Clap once; None when nobody answered."""
    return _ask(lambda: reader.post_json(f"/posts/{post_id}/claps", {"claps": 1}, seconds=ANSWER_SECONDS))


def sign_in(client: Client, name: str) -> bool:
    """Sign in as one of the demo's people; False when nobody answered."""
    answer = _ask(lambda: client.post("/login", {"name": name, "password": PASSWORD}, seconds=ANSWER_SECONDS))
    return answer is not None and answer.status == 303


def _ask(request: Callable[[], Answer]) -> Answer | None:
    try:
        return request()
    except NOBODY_ANSWERED:
        return None
