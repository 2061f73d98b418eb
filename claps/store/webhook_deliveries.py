"""What webhooks are told: messages that wait, and a short log of those that are through."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from peewee import BigAutoField, BigIntegerField, CharField, IntegerField, TextField, fn

from claps.plain.errors import NotFound
from claps.plain.webhook_limits import TRIED_SECONDS, WEBHOOK_LOG, WEBHOOK_WAITING
from claps.plain.webhooks import Answer, Delivery, State, moment_of, new_message_id
from claps.store.database import Model

_DROPPED = 500


class WebhookDelivery(Model):
    """One message for one webhook. In one ``lane`` there is one at a time, so that they come in order; it is tried
    until ``until_ms``.
    """

    id = BigAutoField()
    webhook_id = BigIntegerField()
    message = CharField(max_length=40)
    event = CharField(max_length=30)
    lane = CharField(max_length=80, default="")
    body = TextField()
    state = CharField(max_length=10)
    tries = IntegerField(default=0)
    due_ms = BigIntegerField()
    created_ms = BigIntegerField()
    until_ms = BigIntegerField()
    tried_ms = BigIntegerField(null=True)
    took_ms = IntegerField(default=0)
    status = IntegerField(null=True)
    said = CharField(max_length=250, default="")

    def value(self) -> Delivery:
        """This row as other floors know it."""
        return Delivery(
            self.id, self.webhook_id, self.message, self.event, self.body, cast(State, self.state), self.tries,
            moment_of(self.created_ms), moment_of(self.due_ms), self.until_ms,
            None if self.tried_ms is None else moment_of(self.tried_ms), self.took_ms, self.status, self.said,
            self.lane,
        )


def add_delivery(webhook_id: int, event: str, body: str, *, now_ms: int, lane: str = "") -> int:
    """Write down a message; call inside a transaction that holds the webhook's row; return its id."""
    row = WebhookDelivery.create(
        webhook_id=webhook_id, message=new_message_id(), event=event, lane=lane, body=body, state="waiting",
        due_ms=now_ms, created_ms=now_ms, until_ms=now_ms + TRIED_SECONDS * 1000,
    )
    return int(row.id)


def count_waiting(webhook_ids: Iterable[int]) -> dict[int, int]:
    """Count what waits for webhooks; one for which nothing does is missing."""
    ids = list(webhook_ids)
    if not ids:
        return {}
    waiting = WebhookDelivery.webhook_id.in_(ids) & (WebhookDelivery.state == "waiting")
    query: Any = WebhookDelivery.select(WebhookDelivery.webhook_id, fn.COUNT(WebhookDelivery.id)).where(waiting)
    return {int(one): int(count) for one, count in query.group_by(WebhookDelivery.webhook_id).tuples()}


def is_full(webhook_id: int) -> bool:
    """True when no more may wait for a webhook."""
    return count_waiting([webhook_id]).get(webhook_id, 0) >= WEBHOOK_WAITING


def waiting_lanes(webhook_id: int) -> set[str]:
    """Read in which lanes a message waits."""
    query: Any = WebhookDelivery.select(WebhookDelivery.lane).where(_waits(webhook_id) & (WebhookDelivery.lane != ""))
    return {str(lane) for (lane,) in query.tuples()}


def due_deliveries(webhook_id: int, *, now_ms: int, limit: int) -> list[Delivery]:
    """Read the messages whose time has come, in the order in which they were written.

    What was refused before comes behind what was not, or one that is always refused would keep the others waiting.
    """
    query = WebhookDelivery.select().where(_waits(webhook_id) & (WebhookDelivery.due_ms <= now_ms))
    return [row.value() for row in query.order_by(WebhookDelivery.tries, WebhookDelivery.id).limit(limit)]


def next_due_ms(webhook_id: int) -> int | None:
    """Tell when the next message is due; None when none waits."""
    query: Any = WebhookDelivery.select(fn.MIN(WebhookDelivery.due_ms)).where(_waits(webhook_id))
    found = query.scalar()
    return None if found is None else int(found)


def note_answer(delivery: Delivery, answer: Answer, *, now_ms: int, due_ms: int | None) -> None:
    """Note how a try went; call inside a transaction that holds the webhook's row.

    :param due_ms: the next try of one that was not taken; None when it is given up.
    """
    state = "delivered" if answer.is_taken else "failed" if due_ms is None else "waiting"
    values: dict[str, Any] = {"state": state, "tries": delivery.tries + 1, "tried_ms": now_ms}
    values |= {"took_ms": answer.took_ms, "status": answer.status, "said": answer.said[:250]}
    if due_ms is not None:
        values["due_ms"] = due_ms
    is_it = (WebhookDelivery.id == delivery.id) & (WebhookDelivery.state == "waiting")
    WebhookDelivery.update(values).where(is_it).execute()


def find_waiting(webhook_id: int, event: str) -> Delivery | None:
    """Find a message of one kind that waits; call while the webhook is held, so that no other comes meanwhile."""
    row = WebhookDelivery.select().where(_waits(webhook_id) & (WebhookDelivery.event == event)).first()
    return None if row is None else row.value()


def bring_forward(webhook_id: int, *, now_ms: int) -> None:
    """Let everything that waits be tried now; call inside a transaction that holds the webhook's row."""
    late = _waits(webhook_id) & (WebhookDelivery.due_ms > now_ms)
    WebhookDelivery.update(due_ms=now_ms).where(late).execute()


def deliveries_of(webhook_id: int, *, before_id: int | None, limit: int) -> list[Delivery]:
    """Read what a webhook was told and will be, newest first, before an id."""
    query = WebhookDelivery.select().where(WebhookDelivery.webhook_id == webhook_id)
    if before_id is not None:
        query = query.where(WebhookDelivery.id < before_id)
    return [row.value() for row in query.order_by(WebhookDelivery.id.desc()).limit(limit)]


def get_delivery(webhook_id: int, delivery_id: int) -> Delivery:
    """Read one message.

    :raises NotFound: it is not there, or not any more.
    """
    row = WebhookDelivery.get_or_none(_is(webhook_id, delivery_id))
    if row is None:
        raise NotFound("There is no such delivery, or not any more.")
    value: Delivery = row.value()
    return value


def send_again(webhook_id: int, delivery_id: int, *, now_ms: int) -> None:
    """Let a message be tried now, and for three days; call inside a transaction that holds the webhook's row.

    It keeps its name. One that waits in its lane stays there; one that is through overtakes nobody, and is in none.
    """
    until_ms = now_ms + TRIED_SECONDS * 1000
    is_it = _is(webhook_id, delivery_id)
    WebhookDelivery.update(lane="").where(is_it & (WebhookDelivery.state != "waiting")).execute()
    WebhookDelivery.update(state="waiting", tries=0, due_ms=now_ms, until_ms=until_ms).where(is_it).execute()


def trim_log(webhook_id: int) -> None:
    """Forget the oldest of what is through; call inside a transaction."""
    through = (WebhookDelivery.webhook_id == webhook_id) & (WebhookDelivery.state != "waiting")
    query: Any = WebhookDelivery.select(WebhookDelivery.id).where(through).order_by(WebhookDelivery.id.desc())
    _drop([row_id for (row_id,) in query.offset(WEBHOOK_LOG).limit(_DROPPED).tuples()])


def drop_old(before_ms: int) -> int:
    """Forget what is through and was written before a moment; call inside a transaction; return how many went."""
    old = (WebhookDelivery.created_ms < before_ms) & (WebhookDelivery.state != "waiting")
    query: Any = WebhookDelivery.select(WebhookDelivery.id).where(old).order_by(WebhookDelivery.id).limit(_DROPPED)
    return _drop([row_id for (row_id,) in query.tuples()])


def drop_deliveries(webhook_id: int) -> None:
    """Forget all messages of a webhook; call inside a transaction."""
    WebhookDelivery.delete().where(WebhookDelivery.webhook_id == webhook_id).execute()


def _drop(ids: Sequence[int]) -> int:
    return int(WebhookDelivery.delete().where(WebhookDelivery.id.in_(ids)).execute()) if ids else 0


def _waits(webhook_id: int) -> Any:
    return (WebhookDelivery.webhook_id == webhook_id) & (WebhookDelivery.state == "waiting")


def _is(webhook_id: int, delivery_id: int) -> Any:
    return (WebhookDelivery.id == delivery_id) & (WebhookDelivery.webhook_id == webhook_id)
