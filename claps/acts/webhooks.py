"""One's own webhooks: making, changing and trying them, and what they were told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import gevent

from claps.acts.tables import check_may_watch_table
from claps.acts.webhook_sending import Sender, read_clock
from claps.live.messages import dump
from claps.outside.couriers import Courier
from claps.plain.addresses import Network
from claps.plain.errors import Conflict, Invalid, NotFound, Refused
from claps.plain.notifications import Subject
from claps.plain.people import Person, Reader
from claps.plain.webhook_limits import DELIVERIES_PER_PAGE, WEBHOOKS_PER_PERSON
from claps.plain.webhooks import (
    PING,
    Delivery,
    Webhook,
    check_events,
    message_of,
    moment_of,
    read_tables,
    secret_of,
)
from claps.store import webhook_deliveries, webhooks
from claps.store.database import Database
from claps.store.feeds import hold_feed
from claps.store.notifications import drop_notice
from claps.store.webhook_turns import stir_webhooks


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Everything that acts on webhooks need.

    :ivar check_url: raises Invalid for an address that cannot be used.
    :ivar key: the site's, from which the secrets are made.
    :ivar stir: says that there is something to tell.
    """

    database: Database
    check_url: Callable[[str], None]
    key: str
    stir: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a webhook is to be told, and where, as somebody has asked for it."""

    url: str
    events: Sequence[str]
    tables: Sequence[str] = ()


def start_webhooks(database: Database, networks: Sequence[Network], key: str) -> Webhooks:
    """Begin to tell webhooks, in the background.

    :param networks: of one's own, that they may lead to as well.
    :param key: the site's.
    """
    courier = Courier(networks)
    sender = Sender(database, courier, key)
    gevent.spawn(sender.run_forever)
    return Webhooks(database, courier.check, key, sender.stir)


def create_webhook(kit: Webhooks, person: Person, wanted: Wanted, *, root: str) -> Webhook:
    """Make a webhook that is told what comes from now on.

    :param root: the site's address as its owner knows it; messages name posts and people by it.
    :raises Invalid: an address, event or table cannot be.
    :raises Conflict: the person has ten.
    """
    events, tables = _check(kit, person, wanted)

    def work() -> Webhook:
        # Who makes two at once counts them one after the other.
        hold_feed(person.id)
        if webhooks.count_of(person.id) >= WEBHOOKS_PER_PERSON:
            raise Conflict(f"You have {WEBHOOKS_PER_PERSON} webhooks: delete one first.")
        made = webhooks.add_webhook(person.id, wanted.url, root, events, tables)
        return webhooks.get_webhook(made, person.id)

    return kit.database.transact(work)


def change_webhook(kit: Webhooks, person: Person, webhook_id: int, wanted: Wanted) -> Webhook:
    """Let a webhook be told other things, or elsewhere; what waits goes to the new address.

    :raises NotFound: there is none.
    :raises Invalid: an address, event or table cannot be.
    """
    events, tables = _check(kit, person, wanted)

    def work() -> None:
        webhooks.change_webhook(webhook_id, url=wanted.url, events=events, tables=tables)

    return _held(kit, person, webhook_id, work)


def turn_on(kit: Webhooks, person: Person, webhook_id: int) -> Webhook:
    """Turn a webhook on: it is told what comes from now on.

    :raises NotFound: there is none.
    """
    return _turn(kit, person, webhook_id, is_on=True)


def turn_off(kit: Webhooks, person: Person, webhook_id: int) -> Webhook:
    """Turn a webhook off; what waits is given up, and nothing is kept for it.

    :raises NotFound: there is none.
    """
    return _turn(kit, person, webhook_id, is_on=False)


def exchange_secret(kit: Webhooks, person: Person, webhook_id: int) -> str:
    """Give a webhook another secret, and return it; for a day the one before signs along.

    :raises NotFound: there is none.
    """
    _held(kit, person, webhook_id, lambda: webhooks.exchange_salt(webhook_id, now_ms=read_clock()))
    return find_secret(kit, person, webhook_id)


def find_secret(kit: Webhooks, person: Person, webhook_id: int) -> str:
    """Make the secret of a webhook anew; shown to its owner when it is new, and never again.

    :raises NotFound: there is none.
    """
    with kit.database.reading():
        return secret_of(kit.key, webhooks.salt_of(webhook_id, person.id))


def delete_webhook(kit: Webhooks, person: Person, webhook_id: int) -> None:
    """Delete a webhook, with what it was told.

    :raises NotFound: there is none.
    """

    def work() -> None:
        webhooks.hold_webhook(webhook_id, person.id)
        webhooks.drop_webhook(webhook_id)
        # On SQLite another one may get its number.
        drop_notice(Subject(person.id, "webhook", webhook_id))

    kit.database.transact(work)


def ping(kit: Webhooks, person: Person, webhook_id: int) -> Delivery:
    """Send a message that says nothing, to see whether it comes there; while one waits there is no second one.

    :raises NotFound: there is none.
    :raises Conflict: it is off, or too much waits.
    """
    now_ms = read_clock()

    def work() -> Delivery:
        _check_on(webhooks.hold_webhook(webhook_id, person.id))
        waiting = webhook_deliveries.find_waiting(webhook_id, PING)
        if waiting is not None:
            return waiting
        if webhook_deliveries.is_full(webhook_id):
            raise Conflict("Too much waits for this webhook.")
        body = dump(message_of(PING, {"webhook": webhook_id}, at=moment_of(now_ms)))
        made = webhook_deliveries.add_delivery(webhook_id, PING, body, now_ms=now_ms)
        webhooks.wake_webhook(webhook_id)
        stir_webhooks([webhook_id], now_ms=now_ms)
        return webhook_deliveries.get_delivery(webhook_id, made)

    delivery = kit.database.transact(work)
    kit.stir()
    return delivery


def send_again(kit: Webhooks, person: Person, webhook_id: int, delivery_id: int) -> Delivery:
    """Send a message again, under the same name; one that waits is tried at once.

    :raises NotFound: it is not there, or not any more.
    :raises Conflict: the webhook is off.
    """
    now_ms = read_clock()

    def work() -> Delivery:
        _check_on(webhooks.hold_webhook(webhook_id, person.id))
        webhook_deliveries.get_delivery(webhook_id, delivery_id)
        webhook_deliveries.send_again(webhook_id, delivery_id, now_ms=now_ms)
        webhooks.wake_webhook(webhook_id)
        stir_webhooks([webhook_id], now_ms=now_ms)
        return webhook_deliveries.get_delivery(webhook_id, delivery_id)

    delivery = kit.database.transact(work)
    kit.stir()
    return delivery


def webhooks_of(kit: Webhooks, person: Person) -> list[Webhook]:
    """Read the webhooks of a person, oldest first."""
    with kit.database.reading():
        return webhooks.webhooks_of(person.id)


def get_webhook(kit: Webhooks, person: Person, webhook_id: int) -> Webhook:
    """Read one of a person's webhooks.

    :raises NotFound: there is none.
    """
    with kit.database.reading():
        return webhooks.get_webhook(webhook_id, person.id)


def deliveries_of(
    kit: Webhooks, person: Person, webhook_id: int, *, before_id: int | None = None
) -> tuple[list[Delivery], int | None]:
    """Read what a webhook was told and will be, newest first.

    :return: a page of it, and before which id the next one begins; None on the last.
    :raises NotFound: there is no such webhook.
    """
    with kit.database.reading():
        webhooks.get_webhook(webhook_id, person.id)
        found = webhook_deliveries.deliveries_of(webhook_id, before_id=before_id, limit=DELIVERIES_PER_PAGE + 1)
    shown = found[:DELIVERIES_PER_PAGE]
    return shown, shown[-1].id if len(found) > len(shown) else None


def _turn(kit: Webhooks, person: Person, webhook_id: int, *, is_on: bool) -> Webhook:
    def work() -> None:
        row = webhooks.hold_webhook(webhook_id, person.id)
        if bool(row.is_on) != is_on:
            (webhooks.set_on if is_on else webhooks.set_off)(webhook_id, now_ms=read_clock())

    return _held(kit, person, webhook_id, work)


def _held(kit: Webhooks, person: Person, webhook_id: int, work: Callable[[], None]) -> Webhook:
    def change() -> Webhook:
        webhooks.hold_webhook(webhook_id, person.id)
        work()
        return webhooks.get_webhook(webhook_id, person.id)

    return kit.database.transact(change)


def _check(kit: Webhooks, person: Person, wanted: Wanted) -> tuple[Iterable[str], Iterable[str]]:
    tables = read_tables(wanted.tables)
    events = check_events(wanted.events, tables)
    kit.check_url(wanted.url)
    for name in tables:
        try:
            check_may_watch_table(kit.database, name, Reader(person.id))
        except (NotFound, Refused) as error:
            raise Invalid("tables", error.message) from error
    return events, tables


def _check_on(row: object) -> None:
    if not getattr(row, "is_on", False):
        raise Conflict("This webhook is off: turn it on first.")
