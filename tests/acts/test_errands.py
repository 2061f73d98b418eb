"""Errands: done after the change, in steps, each exactly once, whoever dies."""

from __future__ import annotations

from typing import Any

import gevent
import pytest

from claps.acts.errands import Errands, Handler, Step
from claps.app import Core
from claps.plain.errors import Unavailable
from claps.plain.topics import Topic
from claps.store.database import Database
from claps.store.errands import Errand, Task, add_errand, errands_waiting, take_errand
from claps.store.logs import append, heads

STEPS = 3
DONE = Topic("table", "done")


@pytest.fixture
def database(core: Core) -> Database:
    """SQL."""
    return core.database


def add(database: Database, kind: str = "count", **body: Any) -> int:
    """Promise work."""
    return database.transact(lambda: add_errand(kind, body))


def count(task: Task) -> Step:
    """Write one event a step."""
    append(DONE, ["step"])
    return Step(task.cursor + 1 if task.cursor + 1 < STEPS else None)


def steps_done(database: Database) -> int:
    """How many steps were committed."""
    with database.reading():
        return heads([DONE])[DONE].offset


def waiting(database: Database) -> int:
    """How many errands there are."""
    with database.reading():
        return errands_waiting()[0]


def make_due(database: Database) -> None:
    """Let the time pass for which errands are held or put off."""
    database.transact(lambda: Errand.update(due_at=Errand.created_at).execute())


def test_an_errand_is_done_step_by_step_and_then_gone(database: Database) -> None:
    add(database)
    errands = Errands(database, {"count": count})

    assert (errands.do_one(), errands.do_one()) == (True, False)

    assert (steps_done(database), waiting(database)) == (STEPS, 0)


def test_what_is_told_is_told_after_the_commit(database: Database) -> None:
    add(database, text="hello")
    seen: list[tuple[str, int]] = []

    def handler(task: Task) -> Step:
        return Step(tell=lambda: seen.append((task.body["text"], waiting(database))))

    Errands(database, {"count": handler}).do_one()

    assert seen == [("hello", 0)]


def test_a_promise_in_a_transaction_that_fails_was_never_made(database: Database) -> None:
    def fail() -> None:
        add_errand("count", {})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.transact(fail)

    assert waiting(database) == 0


@pytest.mark.parametrize("error", [Unavailable("not now"), ZeroDivisionError()])
def test_a_step_that_fails_is_done_again_from_where_it_was(database: Database, error: Exception) -> None:
    add(database)
    failing = [error]

    def stumble(task: Task) -> Step:
        step = count(task)
        if task.cursor == 1 and failing:
            raise failing.pop()
        return step

    errands = Errands(database, {"count": stumble})
    errands.do_one()
    assert (steps_done(database), errands.do_one()) == (1, False)
    make_due(database)
    errands.do_one()

    assert (steps_done(database), waiting(database)) == (STEPS, 0)


def test_telling_that_fails_is_tried_again_behind_its_step(database: Database) -> None:
    def fail() -> None:
        raise Unavailable("Not now.")

    told: list[int] = []

    def step(task: Task) -> Step:
        append(DONE, ["step"])
        return Step(1, fail) if not task.cursor else Step(None, lambda: told.append(task.cursor))

    add(database)
    errands = Errands(database, {"count": step})
    errands.do_one()
    assert (steps_done(database), waiting(database), told) == (1, 1, [])

    make_due(database)
    errands.do_one()

    assert (steps_done(database), waiting(database), told) == (2, 0, [1])


def test_who_was_thought_dead_leaves_the_errand_to_who_took_over(database: Database) -> None:
    add(database)
    taken_over: list[bool] = []

    def slow(task: Task) -> Step:
        return count(task)

    def take_over() -> None:
        make_due(database)
        taken_over.append(Errands(database, {"count": slow}).do_one())

    def handler(task: Task) -> Step:
        step = count(task)
        return Step(step.cursor, tell=take_over if task.cursor == 0 else None)

    Errands(database, {"count": handler}).do_one()

    assert taken_over == [True]
    assert (steps_done(database), waiting(database)) == (STEPS, 0)


def test_two_who_look_at_once_do_not_do_the_same(database: Database) -> None:
    ids = {add(database) for _ in range(6)}
    taken = [gevent.spawn(lambda: database.transact(lambda: take_errand(["count"]))) for _ in range(6)]

    gevent.joinall(taken, timeout=20, raise_error=True)

    found = [task.id for greenlet in taken if (task := greenlet.value) is not None]
    assert len(found) == len(set(found)) and set(found) <= ids


def test_an_errand_that_nobody_here_can_do_is_left(database: Database) -> None:
    add(database, kind="other")

    assert not Errands(database, {"count": count}).do_one()
    assert waiting(database) == 1


def test_a_new_errand_is_begun_at_once_when_it_is_said(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.acts.errands.ERRAND_LOOK_SECONDS", 60)
    done = gevent.event.Event()
    handler: Handler = lambda task: Step(tell=done.set)  # noqa: E731
    errands = Errands(database, {"count": handler})
    running = gevent.spawn(errands.run_forever)
    gevent.sleep(0.05)

    add(database)
    errands.stir()

    assert done.wait(10)
    running.kill()
