"""Takes changes at Redis speed: what arrives while one call is under way goes together in the next."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

import gevent
from gevent.event import AsyncResult

from claps.hot.connection import load_script
from claps.hot.durability import Confirmation
from claps.hot.keys import journal_key, life_key, tally_key
from claps.hot.tallies import parse_tally
from claps.plain.changes import Change
from claps.plain.errors import ClapsError, Unavailable
from claps.plain.limits import (
    CHANGES_PER_CALL,
    CHANGES_WAITING,
    CLAP_ANSWER_SECONDS,
    CLAPS_PER_READER,
    GATHER_SECONDS,
    JOURNAL_ENTRIES,
    VIEW_SECONDS,
)
from claps.plain.spans import spans
from claps.plain.tallies import Clapped
from claps.plain.topics import shard_of

log = logging.getLogger(__name__)

Answer = Callable[[Clapped | ClapsError], None]
_CODES = {"clap": "c", "like": "l", "view": "v", "comments": "m", "hold": "h", "release": "r", "join": "j"}
# Under which letter a reader's total stands in the tally.
_FIELDS = {**_CODES, "hold": "c", "release": "c"}
TRIES = 4
# How often is looked for those who have waited too long; so much longer one may wait.
LATE_LOOK_SECONDS = 0.5


class Mender(Protocol):
    """Brings Redis and SQL together where the ledger finds that Redis does not know something."""

    def warm_for_claps(self, post_id: int) -> None:
        """Read a post's tally from SQL into Redis; raises NotFound when it is not published."""

    def seed(self, post_id: int, fields: set[str]) -> None:
        """Read single readers' totals from SQL into Redis."""

    def reopen(self, shard: int) -> None:
        """Compare a shard with SQL and begin a new epoch."""


class _Waiting:
    """One change with the one who waits for its answer."""

    __slots__ = ("answer", "change", "tries")

    def __init__(self, change: Change, answer: Answer) -> None:
        self.change = change
        self.answer = answer
        self.tries = 0


class Ledger:
    """The one door through which tallies change.

    :param client: a client as ``open_redis`` makes it.
    :param confirmation: how a call is made as safe as ``CLAPS_ACK`` says.
    :param mender: asked when Redis does not know a post, a reader, or its own past.
    """

    def __init__(self, client: Any, confirmation: Confirmation, mender: Mender) -> None:
        self._client = client
        self._script = load_script(client, "clap")
        self._confirmation = confirmation
        self._mender = mender
        self._queues: dict[int, deque[_Waiting]] = {}
        self._gathered: list[_Waiting] = []
        self._waiting = 0
        # Until when somebody waits, in the order in which they began to.
        self._awaited: deque[tuple[float, AsyncResult[Clapped | ClapsError | None]]] = deque()
        self._is_looking = False

    @property
    def waiting(self) -> int:
        """How many changes wait for their call."""
        return self._waiting

    def submit(self, change: Change, answer: Answer) -> None:
        """Put a change in the next call; ``answer`` gets what came of it, from another greenlet.

        :raises Unavailable: too many are waiting already; nothing was done.
        """
        if self._waiting >= CHANGES_WAITING:
            raise Unavailable("Too many claps are waiting to be counted.", retry_after_seconds=2)
        self._put(_Waiting(change, answer))

    def submit_later(self, change: Change, answer: Answer) -> None:
        """Put a change in a call soon: what nobody waits for is gathered, so that it makes few calls.

        :raises Unavailable: too many are waiting already; nothing was done.
        """
        if self._waiting + len(self._gathered) >= CHANGES_WAITING:
            raise Unavailable("Too many claps are waiting to be counted.", retry_after_seconds=2)
        if not self._gathered:
            gevent.spawn_later(GATHER_SECONDS, self._put_gathered)
        self._gathered.append(_Waiting(change, answer))

    def _put_gathered(self) -> None:
        gathered, self._gathered = self._gathered, []
        for waiting in gathered:
            self._put(waiting)

    def take(self, change: Change) -> Clapped:
        """Put a change in the next call and wait for what came of it.

        :raises NotFound: the post does not exist.
        :raises Unavailable: it was not counted, or it is not known whether it was.
        """
        if spans.around is None:
            return self._take(change)
        with spans.around("redis", "count claps"):
            return self._take(change)

    def _take(self, change: Change) -> Clapped:
        result: AsyncResult[Clapped | ClapsError | None] = AsyncResult()
        self.submit(change, result.set)
        self._awaited.append((time.monotonic() + CLAP_ANSWER_SECONDS, result))
        if not self._is_looking:
            self._is_looking = True
            gevent.spawn(self._let_nobody_wait_on)
        answer = result.get()
        if answer is None:
            raise Unavailable("Counting takes too long; it may still be counted.")
        if isinstance(answer, ClapsError):
            raise answer
        return answer

    def _let_nobody_wait_on(self) -> None:
        # One timer for all: a clap's own would take a tenth of what counting adds to its request.
        while self._awaited:
            gevent.sleep(LATE_LOOK_SECONDS)
            now = time.monotonic()
            while self._awaited and (self._awaited[0][1].ready() or self._awaited[0][0] <= now):
                _, result = self._awaited.popleft()
                if not result.ready():
                    result.set(None)
        self._is_looking = False

    def _put(self, waiting: _Waiting) -> None:
        shard = shard_of(waiting.change.post_id)
        self._waiting += 1
        queue = self._queues.get(shard)
        if queue is None:
            self._queues[shard] = queue = deque()
            queue.append(waiting)
            gevent.spawn(self._drain, shard, queue)
        else:
            queue.append(waiting)

    def _drain(self, shard: int, queue: deque[_Waiting]) -> None:
        # One greenlet per busy shard; it leaves when its queue is empty, in the same step in which it looks.
        try:
            while queue:
                batch = [queue.popleft() for _ in range(min(len(queue), CHANGES_PER_CALL))]
                self._waiting -= len(batch)
                try:
                    self._take_batch(shard, batch)
                except ClapsError as error:
                    _answer_all(batch, error)
                except Exception:
                    log.exception("a batch of claps failed")
                    _answer_all(batch, Unavailable("Counting failed; it is not known whether it was counted."))
        finally:
            del self._queues[shard]

    def _take_batch(self, shard: int, batch: list[_Waiting]) -> None:
        by_post: dict[int, list[_Waiting]] = {}
        for waiting in batch:
            by_post.setdefault(waiting.change.post_id, []).append(waiting)
        keys = [life_key(shard), journal_key(shard)]
        args: list[Any] = [JOURNAL_ENTRIES, CLAPS_PER_READER, VIEW_SECONDS]
        for post_id, members in by_post.items():
            keys.append(tally_key(post_id))
            args += (post_id, len(members))
            for waiting in members:
                change = waiting.change
                args += (_CODES[change.kind], change.who, change.amount)
        replies = self._confirmation.call(self._script, keys, args)
        if replies == ["unverified"]:
            self._again(batch, lambda: self._mend_shard(shard))
        elif replies == ["full"]:
            raise Unavailable("The journal is full: the database has been away too long.", retry_after_seconds=10)
        else:
            for members, reply in zip(by_post.values(), replies, strict=True):
                self._deal_out(members, reply)

    def _deal_out(self, members: list[_Waiting], reply: list[Any]) -> None:
        post_id = members[0].change.post_id
        if reply[0] == "cold":
            self._again(members, lambda: self._mender.warm_for_claps(post_id))
            return
        tally = parse_tally(post_id, reply[1:8])
        unknown: list[_Waiting] = []
        for index, waiting in enumerate(members):
            yours, given = int(reply[8 + 2 * index]), int(reply[9 + 2 * index])
            if yours < 0:
                unknown.append(waiting)
            else:
                _answer(waiting, Clapped(tally, yours, given))
        if unknown:
            fields = {name for waiting in unknown for name in _fields_of(waiting.change)}
            self._again(unknown, lambda: self._mender.seed(post_id, fields))

    def _again(self, members: list[_Waiting], mend: Callable[[], None]) -> None:
        # Off this shard's greenlet: mending waits for SQL, and others' claps need not wait with it.
        gevent.spawn(self._mend_and_put, members, mend)

    def _mend_and_put(self, members: list[_Waiting], mend: Callable[[], None]) -> None:
        try:
            mend()
        except ClapsError as error:
            _answer_all(members, error)
            return
        except Exception:
            log.exception("mending a tally failed")
            _answer_all(members, Unavailable("Counting is not possible right now."))
            return
        for waiting in members:
            waiting.tries += 1
            if waiting.tries < TRIES:
                self._put(waiting)
            else:
                _answer(waiting, Unavailable("Counting is not possible right now."))

    def _mend_shard(self, shard: int) -> None:
        self._confirmation.look_again()
        self._mender.reopen(shard)


def _fields_of(change: Change) -> tuple[str, ...]:
    if change.kind == "join":
        return tuple(f"{letter}:{reader}" for letter in "cl" for reader in (change.who, change.amount))
    return (f"{_FIELDS[change.kind]}:{change.who}",)


def _answer_all(members: list[_Waiting], error: ClapsError) -> None:
    for waiting in members:
        _answer(waiting, error)


def _answer(waiting: _Waiting, outcome: Clapped | ClapsError) -> None:
    try:
        waiting.answer(outcome)
    except Exception:
        log.exception("nobody took the answer to a clap")
