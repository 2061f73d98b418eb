"""Joining and signing in: what somebody gave as a guest comes with them, step by step and never twice."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial

from gevent.event import AsyncResult

from claps.acts.errands import Step
from claps.hot.ledger import Ledger
from claps.plain.changes import Change
from claps.plain.errors import ClapsError
from claps.plain.limits import CLAP_ANSWER_SECONDS, JOIN_LOOKS, JOIN_ROWS, JOIN_SECONDS
from claps.plain.people import Person, Reader
from claps.plain.tallies import Clapped
from claps.store import comments
from claps.store.claps import given_by
from claps.store.errands import Task, add_errand
from claps.store.posts import written_by

log = logging.getLogger(__name__)


def promise_gifts(person: Person, guest: Reader) -> None:
    """Promise an account what was given as a guest; call inside the transaction of joining."""
    # What was given a moment ago comes into SQL with the next flush.
    body = {"guest_id": guest.id, "person_id": person.id, "looks": 0}
    add_errand("join", body, delay_seconds=JOIN_SECONDS)


class Joining:
    """Does the errands of kind ``join``: brings claps and likes from a guest to the account that they have opened,
    or signed in to.

    SQL says which posts they are of. Of each, one change in Redis takes everything from the one and gives it to the
    other, as far as there is room below fifty; done twice it finds nothing. What they wrote themselves is left to the
    guest, because nobody claps for their own. It is looked a few times, because whoever
    brings it may die, and a flush be late.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def do(self, task: Task) -> Step:
        """Do one step of an errand; call inside its transaction."""
        guest_id, person_id = int(task.body["guest_id"]), int(task.body["person_id"])
        if not task.cursor:
            comments.bring_likes(guest_id, person_id)
        gifts = [given_by(guest_id, gift, task.cursor, JOIN_ROWS) for gift in ("clap", "like")]
        # Of the two pages, as far as both of them reach.
        ends = [page[-1] for page in gifts if len(page) == JOIN_ROWS]
        last = min(ends, default=None)
        post_ids = {one for page in gifts for one in page if last is None or one <= last}
        post_ids -= written_by(person_id, post_ids)
        looks = int(task.body["looks"]) + 1
        if last is None and looks < JOIN_LOOKS:
            add_errand("join", {**task.body, "looks": looks}, delay_seconds=JOIN_SECONDS * 2**looks)
        return Step(last, partial(self._bring, guest_id, person_id, sorted(post_ids)) if post_ids else None)

    def _bring(self, guest_id: int, person_id: int, post_ids: Sequence[int]) -> None:
        waiting: list[AsyncResult[Clapped | ClapsError]] = []
        for post_id in post_ids:
            answer: AsyncResult[Clapped | ClapsError] = AsyncResult()
            self._ledger.submit(Change("join", post_id, str(person_id), guest_id), answer.set)
            waiting.append(answer)
        for post_id, answer in zip(post_ids, waiting, strict=True):
            outcome = answer.wait(timeout=CLAP_ANSWER_SECONDS)
            if isinstance(outcome, ClapsError):
                log.info("what a guest gave to post %d is not brought yet: %s", post_id, outcome.message)
