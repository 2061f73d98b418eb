"""Whose turn it is to be told, on both databases."""

from __future__ import annotations

import pytest

from claps.plain.webhook_limits import WEBHOOK_HELD_SECONDS
from claps.store.database import Database
from claps.store.webhook_turns import (
    due_webhooks,
    go_on,
    hold_those_told,
    late_webhooks,
    let_go,
    lock_held,
    note_failure,
    take_webhook,
)
from claps.store.webhooks import add_webhook, set_off

NOW_MS = 1_795_000_000_000
HELD_MS = WEBHOOK_HELD_SECONDS * 1000


@pytest.fixture
def hooks(database: Database) -> list[int]:
    """Two webhooks of two owners; only the second one wants claps."""

    def write() -> list[int]:
        wanted = (["post.published"], ["post.clapped", "post.published"])
        return [
            add_webhook(owner, "https://hooks.test/", "https://claps.test", events, ())
            for owner, events in enumerate(wanted, 7)
        ]

    return database.transact(write)


def stir(database: Database) -> None:
    """Have something for both."""
    told = database.transact(lambda: hold_those_told([7, 8, 9], "post.published", now_ms=NOW_MS))
    assert [one.owner_id for one in told] == [7, 8]


def test_who_wants_an_event_is_told_and_due_from_then_on(database: Database, hooks: list[int]) -> None:
    with database.reading():
        assert due_webhooks(NOW_MS, 9) == []
    told = database.transact(lambda: hold_those_told([7, 8], "post.clapped", now_ms=NOW_MS))

    assert [(one.webhook_id, one.root) for one in told] == [(hooks[1], "https://claps.test")]
    with database.reading():
        assert [due.id for due in due_webhooks(NOW_MS, 9)] == [hooks[1]]


def test_one_is_in_one_hand_until_it_is_let_go_or_its_time_is_over(database: Database, hooks: list[int]) -> None:
    stir(database)

    first = database.transact(lambda: take_webhook(hooks[0], now_ms=NOW_MS))
    second = database.transact(lambda: take_webhook(hooks[0], now_ms=NOW_MS + 1))
    later = database.transact(lambda: take_webhook(hooks[0], now_ms=NOW_MS + HELD_MS))

    assert first is not None and second is None and later is not None
    with database.reading():
        assert lock_held(first) is None
        assert lock_held(later) is not None
        assert late_webhooks(NOW_MS + 1) == 1


def test_after_a_failure_it_rests_and_after_success_it_stays_in_hand(database: Database, hooks: list[int]) -> None:
    stir(database)
    held = database.transact(lambda: take_webhook(hooks[0], now_ms=NOW_MS))
    assert held is not None

    longer = database.transact(lambda: go_on(held, now_ms=NOW_MS + 5_000))
    database.transact(lambda: note_failure(longer, failing_ms=NOW_MS, fails=1, rest_ms=NOW_MS + 9_000))
    database.transact(lambda: let_go(longer, due_ms=NOW_MS))

    assert longer.held_ms == NOW_MS + 5_000 + HELD_MS
    with database.reading():
        assert [due.id for due in due_webhooks(NOW_MS + 8_999, 9)] == [hooks[1]]
        assert {(due.id, due.fails) for due in due_webhooks(NOW_MS + 9_000, 9)} == {(hooks[0], 1), (hooks[1], 0)}


def test_one_that_is_off_has_no_turn(database: Database, hooks: list[int]) -> None:
    stir(database)
    held = database.transact(lambda: take_webhook(hooks[0], now_ms=NOW_MS))
    database.transact(lambda: set_off(hooks[0], now_ms=NOW_MS))

    assert held is not None
    with database.reading():
        assert lock_held(held) is None
    stirred = database.transact(lambda: hold_those_told([7], "post.published", now_ms=NOW_MS))
    assert stirred == []
