"""Webhooks: who wants to be told what, and at which address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from peewee import BigAutoField, BigIntegerField, BooleanField, CharField, DateTimeField, IntegerField, TextField

from claps.plain import webhooks
from claps.plain.errors import NotFound
from claps.plain.webhook_limits import OLD_SECRET_SECONDS
from claps.plain.webhooks import moment_of, new_salt
from claps.store.database import Model, locked
from claps.store.webhook_deliveries import WebhookDelivery, count_waiting, drop_deliveries
from claps.store.webhook_news import drop_claps, set_tables, tables_of

# When nothing is to be told.
NEVER_MS = 2**62


class Webhook(Model):
    """One webhook. ``due_ms`` is when somebody should look at it, ``rest_ms`` until when it is left alone after a
    failure; ``failing_ms`` since when it has taken nothing, ``fails`` tries in a row.

    Its secret is made from ``salt``; the one before, from ``old_salt``, is good until ``old_until_ms``. ``stops``
    counts how often it was turned off for failing.
    """

    id = BigAutoField()
    owner_id = BigIntegerField()
    url = TextField()
    root = TextField()
    events = CharField(max_length=120)
    salt = CharField(max_length=32)
    old_salt = CharField(max_length=32, default="")
    old_until_ms = BigIntegerField(default=0)
    is_on = BooleanField(default=True)
    why_off = CharField(max_length=200, default="")
    stops = IntegerField(default=0)
    fails = IntegerField(default=0)
    failing_ms = BigIntegerField(null=True)
    dropped = IntegerField(default=0)
    due_ms = BigIntegerField()
    held_ms = BigIntegerField(default=0)
    rest_ms = BigIntegerField(default=0)
    created_at = DateTimeField()

    def value(self, tables: Sequence[str], waiting: int) -> webhooks.Webhook:
        """This row as other floors know it."""
        return webhooks.Webhook(
            self.id, self.owner_id, self.url, self.root, tuple(self.events.split()), tuple(tables), bool(self.is_on),
            self.why_off, None if self.failing_ms is None else moment_of(self.failing_ms), self.dropped, waiting,
            moment_of(self.old_until_ms) if self.old_salt else None, self.created_at.replace(tzinfo=UTC),
        )


def add_webhook(owner_id: int, url: str, root: str, events: Iterable[str], tables: Iterable[str]) -> int:
    """Add a webhook that is told what comes from now on; call inside a transaction; return its id."""
    row = Webhook.create(
        owner_id=owner_id, url=url, root=root, events=" ".join(events), salt=new_salt(), due_ms=NEVER_MS,
        created_at=datetime.now(UTC).replace(tzinfo=None, microsecond=0),
    )
    set_tables(row.id, tables)
    return int(row.id)


def count_of(owner_id: int) -> int:
    """Count somebody's webhooks."""
    return int(Webhook.select().where(Webhook.owner_id == owner_id).count())


def webhooks_of(owner_id: int) -> list[webhooks.Webhook]:
    """Read somebody's webhooks, oldest first."""
    return _values(Webhook.select().where(Webhook.owner_id == owner_id).order_by(Webhook.id))


def get_webhook(webhook_id: int, owner_id: int) -> webhooks.Webhook:
    """Read a webhook of one's own.

    :raises NotFound: there is none of this number.
    """
    found = _values(Webhook.select().where(_mine(webhook_id, owner_id)))
    if not found:
        raise _no_such()
    return found[0]


def salt_of(webhook_id: int, owner_id: int) -> str:
    """Read what the secret of one's own webhook is made from.

    :raises NotFound: there is none of this number.
    """
    row = Webhook.get_or_none(_mine(webhook_id, owner_id))
    if row is None:
        raise _no_such()
    return str(row.salt)


def hold_webhook(webhook_id: int, owner_id: int) -> Any:
    """Hold the row of a webhook of one's own until the transaction ends.

    :raises NotFound: there is none of this number.
    """
    row = locked(Webhook.select().where(_mine(webhook_id, owner_id))).first()
    if row is None:
        raise _no_such()
    return row


def change_webhook(webhook_id: int, *, url: str, events: Iterable[str], tables: Iterable[str]) -> None:
    """Let a webhook that is held be told other things, or elsewhere."""
    wanted = tuple(events)
    Webhook.update(url=url, events=" ".join(wanted)).where(Webhook.id == webhook_id).execute()
    if "post.clapped" not in wanted:
        drop_claps(webhook_id)
    set_tables(webhook_id, tables)


def set_on(webhook_id: int, *, now_ms: int) -> None:
    """Turn a webhook that is held on again: it is told what comes from now on."""
    set_tables(webhook_id, tables_of([webhook_id])[webhook_id], anew=True)
    values: dict[str, Any] = {"fails": 0, "failing_ms": None, "rest_ms": 0, "due_ms": now_ms, "why_off": ""}
    Webhook.update(is_on=True, **values).where(Webhook.id == webhook_id).execute()


def set_off(webhook_id: int, *, why: str = "", now_ms: int) -> None:
    """Turn a webhook that is held off; what waited is given up. ``why`` when it was not its owner who did it."""
    stops = Webhook.stops + (1 if why else 0)
    values: dict[str, Any] = {"is_on": False, "why_off": why[:200], "due_ms": NEVER_MS}
    Webhook.update({Webhook.stops: stops}, **values).where(Webhook.id == webhook_id).execute()
    waiting = (WebhookDelivery.webhook_id == webhook_id) & (WebhookDelivery.state == "waiting")
    WebhookDelivery.update(state="failed").where(waiting).execute()
    drop_claps(webhook_id)


def wake_webhook(webhook_id: int) -> None:
    """Let a webhook that is held rest no longer after a failure."""
    Webhook.update(rest_ms=0).where(Webhook.id == webhook_id).execute()


def exchange_salt(webhook_id: int, *, now_ms: int) -> None:
    """Give a webhook that is held another secret; the one before signs along for a day."""
    until_ms = now_ms + OLD_SECRET_SECONDS * 1000
    Webhook.update({Webhook.old_salt: Webhook.salt, Webhook.old_until_ms: until_ms}).where(
        Webhook.id == webhook_id
    ).execute()
    Webhook.update(salt=new_salt()).where(Webhook.id == webhook_id).execute()


def drop_webhook(webhook_id: int) -> None:
    """Delete a webhook that is held, with all that it was told and would be."""
    set_tables(webhook_id, ())
    drop_claps(webhook_id)
    drop_deliveries(webhook_id)
    Webhook.delete().where(Webhook.id == webhook_id).execute()


def drop_webhooks_of(owner_id: int) -> int:
    """Delete all webhooks of one who leaves; call inside a transaction; return how many."""
    mine = Webhook.select(Webhook.id).where(Webhook.owner_id == owner_id).order_by(Webhook.id)
    ids = [row.id for row in locked(mine)]
    for webhook_id in ids:
        drop_webhook(webhook_id)
    return len(ids)


def stops_of(webhook_id: int) -> int:
    """Tell how often a webhook was turned off for failing; 0 for one that is not there."""
    row: Any = Webhook.get_or_none(Webhook.id == webhook_id)
    return 0 if row is None else int(row.stops)


def hosts_of(webhook_ids: Iterable[int]) -> dict[int, str]:
    """Read to whom webhooks lead."""
    ids = sorted(set(webhook_ids))
    query: Any = Webhook.select(Webhook.id, Webhook.url).where(Webhook.id.in_(ids))
    return {int(webhook_id): str(url).split("/")[2] for webhook_id, url in query.tuples()} if ids else {}


def _values(query: Any) -> list[webhooks.Webhook]:
    rows = list(query)
    ids = [int(row.id) for row in rows]
    tables, waiting = tables_of(ids), count_waiting(ids)
    return [row.value(tables[row.id], waiting.get(row.id, 0)) for row in rows]


def _mine(webhook_id: int, owner_id: int) -> Any:
    return (Webhook.id == webhook_id) & (Webhook.owner_id == owner_id)


def _no_such() -> NotFound:
    return NotFound("You have no webhook of that number.")
