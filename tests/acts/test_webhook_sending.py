"""Telling webhooks until they have taken it, at a real receiver and with the clock in the test's hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from gevent.event import Event
from gevent.queue import Queue

from claps.acts.follows import follow
from claps.acts.webhook_sending import Sender
from claps.acts.webhooks import (
    Wanted,
    change_webhook,
    create_webhook,
    delete_webhook,
    exchange_secret,
    find_secret,
    ping,
    send_again,
)
from claps.app import Core
from claps.plain.webhook_limits import PAUSES_SECONDS, TRIED_SECONDS
from claps.plain.webhooks import Answer
from claps.store.boxes import notifications_before
from tests.acts.webhook_desk import ROOT, SECOND_MS, Desk, open_desk
from tests.parts.inside import publish, write_person


@pytest.fixture
def desk(shared_core: Core) -> Iterator[Desk]:
    """Ada and Ben, new ones for each test, and a receiver."""
    with open_desk(shared_core) as desk:
        yield desk


def test_what_fails_is_tried_for_three_days_then_given_up_and_the_webhook_turned_off(desk: Desk) -> None:
    hook = desk.hook("person.followed")
    desk.receiver.refuse(503)
    follow(desk.core.database, desk.ben, desk.ada)
    began_ms, tried_ms = desk.now_ms(), []

    while desk.read(hook).is_on:
        before = len(desk.receiver.arrived)
        desk.tell()
        [delivery] = desk.deliveries(hook)
        tried_ms += [desk.now_ms()] * (len(desk.receiver.arrived) - before)
        # At least a second, because the webhook rests as well.
        desk.wait_seconds(max(1, delivery.due_at.timestamp() - desk.now_ms() / SECOND_MS + 0.001))

    pauses = [(after - before) / SECOND_MS for before, after in zip(tried_ms, tried_ms[1:], strict=False)]
    expected = [*PAUSES_SECONDS, *[PAUSES_SECONDS[-1]] * len(pauses)]
    for pause, meant in zip(pauses[:-1], expected, strict=False):
        assert meant * 0.89 < pause < meant * 1.11 + 5
    assert len({arrived.message for arrived in desk.receiver.arrived}) == 1
    assert TRIED_SECONDS <= (tried_ms[-1] - began_ms) / SECOND_MS < TRIED_SECONDS + 60
    assert (desk.deliveries(hook)[0].state, desk.deliveries(hook)[0].status) == ("failed", 503)
    assert desk.read(hook).why_off == "It took nothing for three days."


def test_the_owner_hears_that_a_webhook_was_turned_off(desk: Desk) -> None:
    hook = desk.hook("person.followed")
    desk.receiver.refuse(410)

    follow(desk.core.database, desk.ben, desk.ada)
    desk.tell()
    while desk.errands.do_one():
        pass

    with desk.core.database.reading():
        [notice] = [one for one in notifications_before(desk.ada.id, None, 9)[0] if one.what == "webhook"]
    assert notice.text == f"Your webhook to “127.0.0.1:{desk.receiver.port}” failed and was turned off"
    assert (notice.url, notice.is_read) == ("/settings/webhooks", False)
    assert not desk.read(hook).is_on and desk.read(hook).why_off.endswith("(410).")


def test_a_redirect_is_not_followed(desk: Desk) -> None:
    hook = desk.hook("person.followed")
    desk.receiver.refuse(302, Location=f"http://127.0.0.1:{desk.receiver.port}/inside")

    follow(desk.core.database, desk.ben, desk.ada)
    desk.tell()

    assert [arrived.path for arrived in desk.receiver.arrived] == ["/hook"]
    assert (desk.deliveries(hook)[0].state, desk.deliveries(hook)[0].status) == ("waiting", 302)


def test_one_event_that_is_refused_keeps_no_other_waiting(desk: Desk) -> None:
    hook = desk.hook("post.commented")
    post = publish(desk.core, desk.ada)
    desk.receiver.answer = lambda arrived: (500 if "poison" in arrived.body else 200, {})

    desk.comment(post, "poison")
    desk.comment(post, "Ding.")
    desk.tell()
    desk.wait_seconds(5)
    desk.tell()

    assert [delivery.state for delivery in desk.deliveries(hook)] == ["waiting", "delivered"]


def test_when_a_receiver_is_back_all_that_waited_goes_at_once(desk: Desk) -> None:
    hook = desk.hook("post.commented")
    post = publish(desk.core, desk.ada)
    desk.receiver.refuse()
    for number in range(4):
        desk.comment(post, f"Ding {number}.")
    for _ in range(12):
        desk.tell()
        desk.wait_seconds(60)
    assert {delivery.tries for delivery in desk.deliveries(hook)} > {0} or desk.read(hook).waiting == 4

    desk.receiver.take()
    desk.wait_seconds(600)
    desk.tell()

    assert [delivery.state for delivery in desk.deliveries(hook)] == ["delivered"] * 4


def test_a_receiver_says_when_it_wants_to_be_asked_again(desk: Desk) -> None:
    hook = desk.hook("person.followed")
    desk.receiver.refuse(429, Retry_After="900")

    follow(desk.core.database, desk.ben, desk.ada)
    desk.tell()

    [delivery] = desk.deliveries(hook)
    assert timedelta(seconds=890) < delivery.due_at - (delivery.tried_at or delivery.due_at) < timedelta(seconds=910)


def test_a_secret_that_is_exchanged_signs_along_for_a_day(desk: Desk) -> None:
    hook = desk.hook("person.followed")
    old = find_secret(desk.kit, desk.ada, hook.id)
    new = exchange_secret(desk.kit, desk.ada, hook.id)

    ping(desk.kit, desk.ada, hook.id)
    desk.tell()
    desk.wait_seconds(25 * 3600)
    ping(desk.kit, desk.ada, hook.id)
    desk.tell()

    [first, second] = desk.receiver.arrived
    first.verify(old)
    first.verify(new)
    assert old != new and len(second.headers["webhook-signature"].split()) == 1


def test_while_one_test_waits_there_is_no_second_one(desk: Desk) -> None:
    hook = desk.hook("person.followed")

    waiting = {ping(desk.kit, desk.ada, hook.id).message for _ in range(2)}
    desk.tell()
    after = ping(desk.kit, desk.ada, hook.id).message

    assert [arrived.message for arrived in desk.receiver.arrived] == list(waiting)
    assert after not in waiting


def test_a_message_is_sent_again_under_its_name(desk: Desk) -> None:
    hook = desk.hook("person.followed")
    follow(desk.core.database, desk.ben, desk.ada)
    desk.tell()
    [delivery] = desk.deliveries(hook)

    send_again(desk.kit, desk.ada, hook.id, delivery.id)
    desk.tell()

    [first, second] = desk.receiver.arrived
    assert (first.message, first.body) == (second.message, second.body) == (delivery.message, delivery.body)


def test_an_address_that_changes_gets_what_waits(desk: Desk) -> None:
    hook = desk.hook("person.followed")
    desk.receiver.refuse()
    follow(desk.core.database, desk.ben, desk.ada)
    desk.tell()

    desk.receiver.take()
    elsewhere = f"http://127.0.0.1:{desk.receiver.port}/elsewhere"
    change_webhook(desk.kit, desk.ada, hook.id, Wanted(elsewhere, ["person.followed"]))
    desk.wait_seconds(10)
    desk.tell()

    assert [arrived.path for arrived in desk.receiver.arrived] == ["/hook", "/elsewhere"]


class Waiting:
    """Brings nothing until it is told to, and knows to whom it was bringing something at once."""

    def __init__(self) -> None:
        self.may_answer = Event()
        self.status = 204
        self.under_way: Queue[str] = Queue()

    def carry(self, url: str, body: str, headers: dict[str, str]) -> Answer:
        """Wait."""
        self.under_way.put(url)
        self.may_answer.wait()
        return Answer(self.status, "")


def test_nobody_takes_all_places_and_those_that_fail_take_half_of_them(desk: Desk) -> None:
    carrier, core = Waiting(), desk.core
    sender = Sender(core.database, carrier, "key", clock=desk.now_ms)
    people = [write_person(core, f"p{desk.ada.id}x{number}") for number in range(9)]
    wanted = [(people[0], number) for number in range(5)] + [(person, 0) for person in people[1:]]
    hooks = [
        create_webhook(desk.kit, owner, Wanted(f"http://127.0.0.1/{owner.name}/{n}", ["person.followed"]), root=ROOT)
        for owner, n in wanted
    ]
    for person in people:
        follow(core.database, desk.ben, person)

    at_once = [carrier.under_way.get(timeout=20) for _ in range(sender.begin_turns())]
    carrier.status = 500
    carrier.may_answer.set()
    sender.finish()
    carrier.may_answer.clear()
    desk.wait_seconds(60)
    again = [carrier.under_way.get(timeout=20) for _ in range(sender.begin_turns())]
    carrier.may_answer.set()
    sender.finish()
    for owner, hook in zip([owner for owner, _ in wanted], hooks, strict=True):
        delete_webhook(desk.kit, owner, hook.id)

    assert len(at_once) == 8 and sum(f"/{people[0].name}/" in url for url in at_once) == 2
    # Eight have failed, of whom four get a place; five were not tried, of whom three are one person's.
    assert len(again) == 8 and len(set(again) & set(at_once)) == 4
