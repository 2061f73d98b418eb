"""What webhooks are told: kept while it waits, listed when it is through, and forgotten after that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from claps.plain.errors import NotFound
from claps.plain.webhook_limits import TRIED_SECONDS, WEBHOOK_LOG
from claps.plain.webhooks import Answer, Delivery
from claps.store import webhook_deliveries
from claps.store.webhook_deliveries import (
    add_delivery,
    bring_forward,
    count_waiting,
    deliveries_of,
    drop_old,
    due_deliveries,
    get_delivery,
    next_due_ms,
    note_answer,
    send_again,
    trim_log,
    waiting_lanes,
)
from tests.parts.inside import ON_SQLITE

pytestmark = [ON_SQLITE, pytest.mark.usefixtures("transaction")]
NOW_MS = 1_795_000_000_000
TAKEN, REFUSED = Answer(204, "", 12), Answer(500, "no " * 200, 34)


def add(*, lane: str = "", at_ms: int = NOW_MS) -> Delivery:
    """Add a message for webhook 7."""
    return get_delivery(7, add_delivery(7, "post.clapped", "{}", now_ms=at_ms, lane=lane))


def test_what_was_refused_is_tried_after_what_was_not() -> None:
    first, second, third = add(), add(), add()

    note_answer(first, REFUSED, now_ms=NOW_MS, due_ms=NOW_MS + 1)
    note_answer(second, TAKEN, now_ms=NOW_MS, due_ms=None)

    assert [one.id for one in due_deliveries(7, now_ms=NOW_MS + 1, limit=9)] == [third.id, first.id]
    assert (count_waiting([7, 8]), next_due_ms(7), next_due_ms(8)) == ({7: 2}, NOW_MS, None)
    seen = get_delivery(7, first.id)
    assert (seen.state, seen.tries, seen.status, len(seen.said_text), seen.took_ms) == ("waiting", 1, 500, 250, 34)
    with pytest.raises(NotFound):
        get_delivery(8, first.id)


def test_all_that_waits_is_brought_forward() -> None:
    waiting = add()
    note_answer(waiting, REFUSED, now_ms=NOW_MS, due_ms=NOW_MS + 99_000)

    bring_forward(7, now_ms=NOW_MS + 5)

    assert next_due_ms(7) == NOW_MS + 5


def test_what_is_sent_again_has_three_more_days_and_only_what_waits_keeps_its_lane() -> None:
    waiting, through = add(lane="table:a"), add(lane="table:b")
    note_answer(through, replace_status(503), now_ms=NOW_MS, due_ms=None)
    assert get_delivery(7, through.id).state == "failed"

    for one in (waiting, through):
        send_again(7, one.id, now_ms=NOW_MS + 9)

    assert waiting_lanes(7) == {"table:a"}
    again = get_delivery(7, through.id)
    assert (again.message, again.tries, again.until_ms) == (through.message, 0, NOW_MS + 9 + TRIED_SECONDS * 1000)


def test_an_answer_to_what_is_through_already_changes_nothing() -> None:
    one = add()
    note_answer(one, TAKEN, now_ms=NOW_MS, due_ms=None)

    note_answer(replace(one, tries=4), REFUSED, now_ms=NOW_MS + 1, due_ms=NOW_MS + 2)

    assert (get_delivery(7, one.id).state, get_delivery(7, one.id).tries) == ("delivered", 1)


def test_of_what_is_through_the_newest_are_kept_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_deliveries, "WEBHOOK_LOG", 3)
    waiting = add()
    through = [add(at_ms=NOW_MS + number) for number in range(5)]
    for one in through:
        note_answer(one, TAKEN, now_ms=NOW_MS, due_ms=None)

    trim_log(7)
    kept = [one.id for one in deliveries_of(7, before_id=None, limit=99)]
    dropped = drop_old(NOW_MS + 4)

    assert kept == [through[4].id, through[3].id, through[2].id, waiting.id]
    assert dropped == 2 and WEBHOOK_LOG == 100
    assert [one.id for one in deliveries_of(7, before_id=None, limit=99)] == [through[4].id, waiting.id]
    assert [one.id for one in deliveries_of(7, before_id=through[4].id, limit=99)] == [waiting.id]


def replace_status(status: int) -> Answer:
    """An answer of another status."""
    return REFUSED._replace(status=status)
