"""Doing once what a program asks twice under the same key."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from claps.plain.errors import Conflict, Invalid, Unavailable
from claps.plain.limits import REPEAT_HELD_SECONDS, REPEATS_DROPPED, REPEATS_DROPPED_EVERY, REPEATS_KEPT_SECONDS
from claps.plain.people import Person
from claps.store import repeats
from claps.store.database import Database


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program was answered: a status, headers by line, and a body."""

    status: int
    head: str
    body: str


def do_once(database: Database, person: Person, key: str, asked: str, act: Callable[[], Answer]) -> tuple[Answer, bool]:
    """Do what is asked, or return what was answered when it was asked before under this key.

    An answer is kept for 24 hours. What broke on our side is not kept, because trying again is meant to help. Who
    answers and dies holds the key for a minute.

    :param asked: all that makes this request what it is.
    :return: the answer, and whether it is from before.
    :raises Invalid: something else was asked under this key.
    :raises Conflict: it is being answered right now.
    """
    digest, wanted = _digest(key), _digest(asked)
    before = database.transact(lambda: _begin(person.id, digest, wanted))
    if before is not None:
        return before, True
    try:
        answer = act()
    except BaseException:
        _try(database, lambda: repeats.forget(person.id, digest))
        raise
    if answer.status >= 500:
        _try(database, lambda: repeats.forget(person.id, digest))
    else:
        _try(database, lambda: _finish(person.id, digest, answer))
    return answer, False


def _begin(person_id: int, digest: str, wanted: str) -> Answer | None:
    if repeats.begin(person_id, digest, wanted):
        return None
    found = repeats.hold(person_id, digest)
    if found is None or repeats.age_of(found) > timedelta(seconds=REPEATS_KEPT_SECONDS):
        repeats.forget(person_id, digest)
        repeats.begin(person_id, digest, wanted)
        return None
    if found.asked_digest != wanted:
        raise Invalid("Idempotency-Key", "Something else was asked under this key. Take a new one.")
    if found.status is not None:
        return Answer(found.status, found.head, found.body)
    if repeats.age_of(found) <= timedelta(seconds=REPEAT_HELD_SECONDS):
        raise Conflict("The same is being done right now. Ask again in a moment.")
    repeats.begin_again(person_id, digest)
    return None


def _finish(person_id: int, digest: str, answer: Answer) -> None:
    repeats.finish(person_id, digest, status=answer.status, head=answer.head, body=answer.body)
    if random.random() < 1 / REPEATS_DROPPED_EVERY:
        repeats.drop_before(datetime.now(UTC) - timedelta(seconds=REPEATS_KEPT_SECONDS), REPEATS_DROPPED)


def _try(database: Database, work: Callable[[], None]) -> None:
    # It is done, or it is not: that the note of it fails changes nothing about that, and the key is free in a minute.
    try:
        database.transact(work)
    except Unavailable:
        pass


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
