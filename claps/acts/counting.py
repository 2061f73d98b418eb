"""Telling Redis how many comments a post has, though it was away when one was written."""

from __future__ import annotations

from functools import partial

from claps.acts.errands import Step
from claps.hot.ledger import Ledger
from claps.plain.changes import Change
from claps.plain.errors import NotFound
from claps.store.comments import count_comments
from claps.store.database import Database
from claps.store.errands import Task, add_errand

AGAIN_SECONDS = 2.0


def promise_count(post_id: int) -> None:
    """Promise that Redis gets to know a post's number of comments; call in the transaction that changes it.

    It is told at once, too. That may fail, or its process die before; SQL has it, and whoever looks must as well.
    """
    add_errand("count", {"post_id": post_id}, delay_seconds=AGAIN_SECONDS)


def tell_count(database: Database, ledger: Ledger, post_id: int) -> None:
    """Tell Redis, and everybody who looks, how many comments a post has; told twice it changes nothing.

    :raises Unavailable: SQL or Redis does not answer.
    """
    try:
        with database.reading():
            count, offset = count_comments(post_id)
        ledger.take(Change("comments", post_id, str(offset), count))
    except NotFound:
        pass  # It was withdrawn, and nobody looks at it.


class Counting:
    """Does errands of the kind ``count``.

    Redis is told between two steps: while it does not answer, no transaction is held open.
    """

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger
        self._told: set[int] = set()

    def do(self, task: Task) -> Step:
        """One step; the errand ends with the step after the one that has told."""
        if task.id in self._told:
            self._told.discard(task.id)
            return Step()
        return Step(task.cursor + 1, partial(self._tell, task))

    def _tell(self, task: Task) -> None:
        tell_count(self._database, self._ledger, int(task.body["post_id"]))
        self._told.add(task.id)
