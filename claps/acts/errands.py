"""Doing what was promised: in the background, in steps, each exactly once."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import gevent
from gevent.event import Event

from claps.plain.errors import ClapsError, Unavailable
from claps.plain.limits import ERRAND_LOOK_SECONDS, ERRAND_PAUSE_SECONDS_MOST
from claps.store.database import Database
from claps.store.errands import Task, lock_errand, move_errand, put_off_errand, take_errand

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """What one step has come to: where the next one begins, None at the end; and what is told once it is committed.

    When telling fails, the errand is put off where the step has come to; after the last step nobody comes back to it.
    """

    cursor: int | None = None
    tell: Callable[[], None] | None = None


# Does one step of an errand inside a transaction; it may be called again with the same task when that fails.
Handler = Callable[[Task], Step]


class Errands:
    """Takes errands in hand, one after the other.

    Every worker does it. A step's work and the cursor behind it are written in one transaction that holds the
    errand's row: who was thought dead and was not finds another cursor, and leaves it. What fails is tried again,
    later each time; nothing is given up.

    :param handlers: by kind of errand.
    """

    def __init__(self, database: Database, handlers: Mapping[str, Handler]) -> None:
        self._database = database
        self._handlers = handlers
        self._stirred = Event()

    def stir(self) -> None:
        """There is something to do; call after the commit. Without it, it is found within seconds."""
        self._stirred.set()

    def run_forever(self) -> None:
        """Do what there is, wait for more."""
        while True:
            try:
                while self.do_one():
                    pass
            except ClapsError as error:
                log.info("errands wait: %s", error.message)
            except Exception:
                log.exception("errands stumbled")
            self._stirred.clear()
            self._stirred.wait(ERRAND_LOOK_SECONDS * random.uniform(0.75, 1.25))

    def do_one(self) -> bool:
        """Do one errand to its end; False when none is due.

        :raises Unavailable: SQL does not answer.
        """
        task = self._database.transact(lambda: take_errand(self._handlers))
        if task is None:
            return False
        try:
            while (step := self._do_step(task)).cursor is not None:
                task = replace(task, cursor=step.cursor)
                _tell(step)
                task = replace(task, tries=0)
                # A long errand does not keep readers waiting.
                gevent.sleep(0)
            _tell(step)
        except Exception as error:
            said = error.message if isinstance(error, ClapsError) else "it stumbled"
            trace = not isinstance(error, ClapsError)
            # That SQL was busy, or is away, is no matter of this errand.
            level = logging.INFO if isinstance(error, Unavailable) else logging.WARNING
            log.log(level, "errand %d (%s) waits: %s", task.id, task.kind, said, exc_info=trace)
            seconds = min(ERRAND_PAUSE_SECONDS_MOST, 2.0**task.tries)
            late = task
            self._database.transact(lambda: put_off_errand(late, seconds=seconds))
        return True

    def _do_step(self, task: Task) -> Step:
        def work() -> Step:
            if not lock_errand(self._database, task):
                log.info("errand %d was taken over", task.id)
                return Step()
            step = self._handlers[task.kind](task)
            move_errand(task, step.cursor)
            return step

        return self._database.transact(work)


def _tell(step: Step) -> None:
    if step.tell is not None:
        step.tell()
