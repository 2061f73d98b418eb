"""Claps that look like a machine's: marked for the writer, taken out of the count, and put back."""

from __future__ import annotations

import logging
import random
from collections import Counter
from collections.abc import Sequence
from functools import partial

import gevent
from gevent.event import AsyncResult

from claps.acts.errands import Errands, Step
from claps.hot.ledger import Ledger
from claps.plain.bursts import Burst, suspect
from claps.plain.changes import Change, Kind
from claps.plain.errors import ClapsError, NotFound, Refused
from claps.plain.figures import HOUR
from claps.plain.limits import BURST_LOOK_SECONDS, BURST_STEP, BURSTS_SHOWN, CLAP_ANSWER_SECONDS
from claps.plain.people import Person
from claps.plain.posts import Post
from claps.plain.tallies import Clapped
from claps.store import bursts
from claps.store.database import Database
from claps.store.errands import Task, add_errand
from claps.store.sketches import PostSketch, readers_of

log = logging.getLogger(__name__)
# Claps on their way into SQL are there within a second, unless it is away.
_FLUSHED_SECONDS = 2
# A call that is under way when the writer changes his mind has ended by then.
_LAST_LOOK_SECONDS = CLAP_ANSWER_SECONDS + 4
TRIES = 30


def bursts_of(database: Database, me: Person, post: Post) -> tuple[Burst, ...]:
    """Read what looks like a machine among the claps for one's own post, newest first.

    :raises Refused: it is another one's post.
    """
    _check_own(me, post)
    with database.reading():
        return tuple(bursts.marked_bursts(post.id, BURSTS_SHOWN))


def take_out(database: Database, errands: Errands, me: Person, post: Post, burst_id: int) -> None:
    """Take a burst's claps out of the count, exactly; they are remembered. Doing it twice is doing it once.

    :raises Refused: it is another one's post.
    :raises NotFound: there is no such burst.
    """
    _decide(database, errands, me, post, burst_id, is_out=True)


def put_back(database: Database, errands: Errands, me: Person, post: Post, burst_id: int) -> None:
    """Put a burst's claps back, exactly, with what its readers have given since. Doing it twice is doing it once.

    :raises Refused: it is another one's post.
    :raises NotFound: there is no such burst.
    """
    _decide(database, errands, me, post, burst_id, is_out=False)


class Moving:
    """Does the errands of kind ``burst``: brings a burst's claps to where its writer has decided.

    They go by the same door as all claps, some readers after each step, and are looked for in SQL until none is left;
    so whoever is killed between two steps, and who changes his mind meanwhile, leaves nothing half done.
    """

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    def do(self, task: Task) -> Step:
        """Do one step of an errand; call inside its transaction."""
        found = bursts.readers_to_move(int(task.body["burst_id"]), task.cursor, BURST_STEP)
        if found is None:
            return Step()
        post_id, is_out, ids = found
        if ids:
            return Step(ids[-1], partial(self._move, "hold" if is_out else "release", post_id, ids))
        tries = int(task.body.get("tries", 0)) + 1
        if task.cursor and tries < TRIES:
            body = {"burst_id": task.body["burst_id"], "tries": tries}
            add_errand("burst", body, delay_seconds=_FLUSHED_SECONDS)
        elif not task.body.get("last"):
            add_errand("burst", {**task.body, "last": 1}, delay_seconds=_LAST_LOOK_SECONDS)
        return Step()

    def _move(self, kind: Kind, post_id: int, reader_ids: Sequence[int]) -> None:
        waiting: list[AsyncResult[Clapped | ClapsError]] = []
        for reader_id in reader_ids:
            answer: AsyncResult[Clapped | ClapsError] = AsyncResult()
            self._ledger.submit(Change(kind, post_id, str(reader_id), 0), answer.set)
            waiting.append(answer)
        for answer in waiting:
            outcome = answer.wait(timeout=CLAP_ANSWER_SECONDS)
            if isinstance(outcome, ClapsError):
                log.info("claps of post %d are taken out or put back later: %s", post_id, outcome.message)


def mark_bursts(database: Database) -> int:
    """Look at minutes that are over and in which many began to clap; return how many were looked at.

    :raises Unavailable: SQL does not answer.
    """
    with database.reading():
        found = bursts.minutes_to_look_at()
    for post_id, minute in found:
        database.transact(partial(_look_at, post_id, minute))
    database.transact(bursts.drop_looks)
    return len(found)


def mark_forever(database: Database) -> None:
    """Do so every now and then. Every worker does it; who claims a minute first looks at it."""
    while True:
        gevent.sleep(BURST_LOOK_SECONDS * random.uniform(0.75, 1.25))
        try:
            mark_bursts(database)
        except ClapsError as error:
            log.info("claps are looked at later: %s", error.message)
        except Exception:
            log.exception("claps could not be looked at")


def _look_at(post_id: int, minute: int) -> None:
    claimed = bursts.claim(post_id, minute)
    if claimed is None:
        return
    readers = readers_of(PostSketch, [post_id], minute - HOUR, minute + 1).get(post_id, 0)
    found, tail = (Counter(bursts.newcomers(post_id, number)) for number in (minute, minute + 1))
    alone = suspect(found, readers)
    # The last of them may have come after the full minute, and all of them into SQL after it.
    joined = suspect(found + tail, readers) if tail and not bursts.is_crowded(post_id, minute + 1) else None
    if joined is not None and alone in (None, joined):
        bursts.mark(claimed, joined, found + tail, minutes=2)
    elif alone is not None:
        bursts.mark(claimed, alone, found, minutes=1)


def _decide(
    database: Database, errands: Errands, me: Person, post: Post, burst_id: int, *, is_out: bool
) -> None:
    _check_own(me, post)

    def work() -> None:
        if bursts.set_out(burst_id, post.id, is_out=is_out):
            add_errand("burst", {"burst_id": burst_id})
        elif all(burst.id != burst_id for burst in bursts.marked_bursts(post.id, BURSTS_SHOWN)):
            raise NotFound("There is no such burst of claps.")

    database.transact(work)
    errands.stir()


def _check_own(me: Person, post: Post) -> None:
    if me.id != post.writer.id:
        raise Refused("Only who wrote a post sees who clapped for it.")
