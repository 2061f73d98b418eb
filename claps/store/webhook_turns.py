"""Whose turn it is: which webhooks have something to tell, and who has one in hand.

Who tells a webhook has its row in hand (``held_ms``), so that one at a time does. Who has something for it holds the
row from before he writes it down until he commits, and says when it is due: so whoever lets go of it afterwards sees
that. The row comes last in a transaction, and behind it only what is to be told.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from peewee import JOIN, fn

from claps.plain.webhook_limits import WEBHOOK_HELD_SECONDS
from claps.plain.webhooks import Held, Told
from claps.store.database import bound, locked
from claps.store.logs import Log
from claps.store.webhook_news import WebhookTable, add_claps, is_behind
from claps.store.webhooks import NEVER_MS, Webhook


class Due(NamedTuple):
    """A webhook that has something to tell, and how it went last."""

    id: int
    owner_id: int
    fails: int


def hold_those_told(owner_ids: Iterable[int], event: str, *, now_ms: int) -> list[Told]:
    """Find who is told of an event, and hold their rows; call last in its transaction, before it is written down."""
    ids = sorted(set(owner_ids))
    if not _have_any(ids):
        return []
    query = Webhook.select().where(Webhook.owner_id.in_(ids) & Webhook.is_on & Webhook.events.contains(event))
    rows = [row for row in locked(query.order_by(Webhook.id)) if event in row.events.split()]
    stir_webhooks([row.id for row in rows], now_ms=now_ms)
    return [Told(int(row.id), int(row.owner_id), str(row.root)) for row in rows]


def gather_claps(moves: Mapping[int, tuple[int, int]], writers: Mapping[int, int]) -> None:
    """Gather what posts' claps and people have moved by for their writers' webhooks.

    Call last in the transaction that counts it: so what is told adds up to what is counted, whoever is killed.

    :param writers: who wrote these posts.
    """
    moved = {post_id: move for post_id, move in moves.items() if any(move) and post_id in writers}
    if not moved:
        return
    owners = {writers[post_id] for post_id in moved}
    told = hold_those_told(owners, "post.clapped", now_ms=int(time.time() * 1000))
    add_claps(
        {
            (one.webhook_id, post_id): move
            for one in told for post_id, move in moved.items() if writers[post_id] == one.owner_id
        }
    )


def stir_webhooks(webhook_ids: Sequence[int], *, now_ms: int) -> None:
    """Say that webhooks have something to tell; call inside a transaction."""
    if webhook_ids:
        late = Webhook.id.in_(sorted(webhook_ids)) & Webhook.is_on & (Webhook.due_ms > now_ms)
        Webhook.update(due_ms=now_ms).where(late).execute()


def due_webhooks(now_ms: int, limit: int) -> list[Due]:
    """Read which webhooks have something to tell and are in nobody's hand, longest due first."""
    query: Any = Webhook.select(Webhook.id, Webhook.owner_id, Webhook.fails).where(_is_free(now_ms))
    return [Due(int(a), int(b), int(c)) for a, b, c in query.order_by(Webhook.due_ms).limit(limit).tuples()]


def webhooks_behind(now_ms: int, limit: int) -> list[int]:
    """Read which webhooks are to be told of a table, and are not known to have something to tell."""
    query: Any = (
        WebhookTable.select(WebhookTable.webhook_id)
        .join(Webhook, on=(Webhook.id == WebhookTable.webhook_id))
        .join(Log, JOIN.LEFT_OUTER, on=(Log.topic == WebhookTable.topic))
        .where(Webhook.is_on & (Webhook.due_ms > now_ms) & is_behind())
    )
    return sorted({int(webhook_id) for (webhook_id,) in query.limit(limit).tuples()})


def count_dropped(webhook_id: int) -> None:
    """Note that an event was not kept, because too many wait; call while the webhook is held."""
    Webhook.update({Webhook.dropped: Webhook.dropped + 1}).where(Webhook.id == webhook_id).execute()


def go_on(held: Held, *, now_ms: int) -> Held:
    """Keep a webhook in hand for longer, after it has taken a message; call with its row held."""
    held_ms = now_ms + WEBHOOK_HELD_SECONDS * 1000
    values: dict[str, Any] = {"fails": 0, "failing_ms": None, "rest_ms": 0, "held_ms": held_ms, "due_ms": held_ms}
    Webhook.update(values).where(Webhook.id == held.id).execute()
    return replace(held, held_ms=held_ms)


def note_failure(held: Held, *, failing_ms: int, fails: int, rest_ms: int) -> None:
    """Note that a webhook has not taken a message; call with its row held."""
    values: dict[str, Any] = {"fails": fails, "failing_ms": failing_ms, "rest_ms": rest_ms}
    Webhook.update(values).where(Webhook.id == held.id).execute()


def let_go(held: Held, *, due_ms: int | None) -> None:
    """Let a webhook out of one's hand; call with its row held. ``due_ms`` is when it has something to tell."""
    values: dict[str, Any] = {"held_ms": 0, "due_ms": NEVER_MS if due_ms is None else due_ms}
    Webhook.update(values).where(Webhook.id == held.id).execute()


def take_webhook(webhook_id: int, *, now_ms: int) -> Held | None:
    """Take a webhook in hand; call inside a transaction; None when another one was first."""
    held_ms = now_ms + WEBHOOK_HELD_SECONDS * 1000
    # Due again at the end of that time, should who has it in hand die.
    is_it = (Webhook.id == webhook_id) & _is_free(now_ms)
    if not Webhook.update(held_ms=held_ms, due_ms=held_ms).where(is_it).execute():
        return None
    row: Any = Webhook.get_by_id(webhook_id)
    salts = (row.salt, row.old_salt) if row.old_salt and row.old_until_ms > now_ms else (row.salt,)
    return Held(int(row.id), int(row.owner_id), row.url, row.root, salts, held_ms)


def lock_held(held: Held) -> Any | None:
    """Hold the row of a webhook that one has in hand; None when another one has it by now, or it is off."""
    is_mine = (Webhook.id == held.id) & (Webhook.held_ms == held.held_ms) & Webhook.is_on
    return locked(Webhook.select().where(is_mine)).first()


def late_webhooks(before_ms: int) -> int:
    """Count the webhooks that should have told something before a moment, and were in nobody's hand."""
    return int(Webhook.select().where(_is_free(before_ms)).count())


def count_failing(since_ms: int) -> int:
    """Count the webhooks that are on and have taken nothing since before a moment."""
    return int(Webhook.select(fn.COUNT(Webhook.id)).where(Webhook.is_on & (Webhook.failing_ms < since_ms)).scalar())


def _have_any(owner_ids: Sequence[int]) -> bool:
    # Every flush asks, and nearly nobody has one: as text, because building the query takes longer than asking.
    text = f"SELECT 1 FROM webhook WHERE owner_id IN ({', '.join(f'{number:d}' for number in owner_ids)}) LIMIT 1"
    return bool(owner_ids) and bound.execute_sql(text).fetchone() is not None


def _is_free(now_ms: int) -> Any:
    return (Webhook.due_ms <= now_ms) & (Webhook.held_ms <= now_ms) & (Webhook.rest_ms <= now_ms) & Webhook.is_on
