"""What webhooks are told: everything, in its order, adding up to what was counted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from claps.acts.entries import delete_entry, put_entry
from claps.acts.follows import follow
from claps.acts.tables import create_table, delete_table, set_visibility
from claps.acts.webhooks import find_secret, turn_off, turn_on
from claps.app import Core
from claps.plain.people import Reader
from claps.plain.webhooks import EVENTS, EventType
from claps.store.posts import Post as StoredPost
from tests.acts.webhook_desk import ROOT, Desk, open_desk
from tests.parts.inside import publish

OWN: tuple[EventType, ...] = tuple(event for event in EVENTS if event != "table.changed")


@pytest.fixture
def desk(shared_core: Core) -> Iterator[Desk]:
    """Ada and Ben, new ones for each test, and a receiver."""
    with open_desk(shared_core) as desk:
        yield desk


def test_all_that_happens_is_told_and_signed_by_the_standard(desk: Desk) -> None:
    hook = desk.hook(*OWN)
    post = publish(desk.core, desk.ada)

    desk.comment(post)
    follow(desk.core.database, desk.ben, desk.ada)
    desk.clap(post, 3)
    desk.tell()

    assert sorted(desk.receiver.events) == ["person.followed", "post.clapped", "post.commented"]
    for arrived in desk.receiver.arrived:
        arrived.verify(find_secret(desk.kit, desk.ada, hook.id))
        assert arrived.headers["content-type"] == "application/json"
    [commented], [followed] = desk.receiver.data("post.commented"), desk.receiver.data("person.followed")
    assert commented["comment"]["html"] == "<p>Ding, dong.</p>\n"
    assert commented["comment"]["person"]["url"] == f"{ROOT}/@{desk.ben.name}"
    assert followed == {"person": commented["comment"]["person"], "followers": 1}
    place = {"id": post.id, "title": "On bells", "url": f"{ROOT}/posts/{post.id}/on-bells"}
    clapped = {"post": place, "claps": 3, "people": 1, "total": {"claps": 3, "people": 1}}
    assert desk.receiver.data("post.clapped") == [clapped]


def test_claps_told_add_up_to_claps_counted(desk: Desk) -> None:
    desk.hook("post.clapped")
    posts = [publish(desk.core, desk.ada) for _ in range(2)]

    desk.clap(posts[0], 3)
    desk.clap(posts[0], 4)
    desk.clap(posts[1], 5)
    desk.tell()
    desk.receiver.refuse()
    desk.clap(posts[0], 6)
    desk.tell()
    desk.take_back(posts[0])
    desk.clap(posts[0], 9, reader_id=desk.ada.id + 1_000)
    desk.wait_seconds(10)
    desk.receiver.take()
    desk.tell()

    told = [(data["post"]["id"], data["claps"], data["total"]["claps"]) for data in desk.receiver.data("post.clapped")]
    first, second = posts[0].id, posts[1].id
    # While a message waits, what comes is added up for the next one: 13 were taken back, and 9 given.
    assert told == [(first, 7, 7), (second, 5, 5), (first, 6, 13), (first, -4, 9)]


def test_a_page_of_a_website_is_named_by_its_own_address(desk: Desk) -> None:
    desk.hook("post.clapped")
    page = publish(desk.core, desk.ada)
    with desk.core.database.reading():
        StoredPost.update(site_id=1, summary="https://blog.test/bells").where(StoredPost.id == page.id).execute()

    desk.clap(page, 2)
    desk.tell()

    assert [data["post"]["url"] for data in desk.receiver.data("post.clapped")] == ["https://blog.test/bells"]


def test_what_came_to_nothing_is_not_told(desk: Desk) -> None:
    desk.hook("post.clapped")
    post = publish(desk.core, desk.ada)

    desk.clap(post, 3)
    desk.take_back(post)
    desk.tell()

    assert desk.receiver.arrived == []


def test_a_table_is_told_in_order_and_what_waits_stays_before_what_comes(desk: Desk) -> None:
    name = f"prices-{desk.ada.id}"
    create_table(desk.tables, desk.ada, name)
    put_entry(desk.tables, Reader(desk.ada.id), name, "before", 1)
    desk.hook("table.changed", tables=(name,))

    desk.receiver.refuse()
    put_entry(desk.tables, Reader(desk.ada.id), name, "a", {"b": [1]})
    put_entry(desk.tables, Reader(desk.ada.id), name, "b", 2)
    desk.tell()
    delete_entry(desk.tables, Reader(desk.ada.id), name, "a")
    desk.wait_seconds(10)
    desk.receiver.take()
    desk.tell()

    told = desk.receiver.data("table.changed")
    events = [(event["op"], event["key"], event.get("value")) for data in told for event in data["events"]]
    assert events == [("put", "a", {"b": [1]}), ("put", "b", 2), ("delete", "a", None)]
    assert [data["version"].partition(".")[2] for data in told] == ["3", "4"]
    assert all(data["table"] == name and not data["resync"] for data in told)


def test_who_may_not_read_a_table_any_more_is_told_so_and_nothing_else(desk: Desk) -> None:
    name = f"secrets-{desk.ada.id}"
    create_table(desk.tables, desk.ben, name)
    hook = desk.hook("table.changed", tables=(name,))

    set_visibility(desk.tables, Reader(desk.ben.id), name, "members")
    put_entry(desk.tables, Reader(desk.ben.id), name, "a", "not for Ada")
    desk.tell()

    assert desk.receiver.data("table.changed") == [{"table": name, "gone": True}]
    assert desk.read(hook).tables == ()


def test_a_deleted_table_is_told_as_gone(desk: Desk) -> None:
    name = f"gone-{desk.ada.id}"
    create_table(desk.tables, desk.ada, name)
    desk.hook("table.changed", tables=(name,))

    delete_table(desk.tables, Reader(desk.ada.id), name)
    desk.tell()

    assert desk.receiver.data("table.changed") == [{"table": name, "gone": True}]


def test_while_it_is_off_nothing_is_kept_for_it(desk: Desk) -> None:
    name = f"quiet-{desk.ada.id}"
    create_table(desk.tables, desk.ada, name)
    hook = desk.hook(*EVENTS, tables=(name,))
    post = publish(desk.core, desk.ada)

    turn_off(desk.kit, desk.ada, hook.id)
    desk.comment(post)
    desk.clap(post, 5)
    put_entry(desk.tables, Reader(desk.ada.id), name, "a", 1)
    turn_on(desk.kit, desk.ada, hook.id)
    desk.clap(post, 2)
    put_entry(desk.tables, Reader(desk.ada.id), name, "b", 2)
    desk.tell()

    assert sorted(desk.receiver.events) == ["post.clapped", "table.changed"]
    assert desk.receiver.data("post.clapped")[0]["claps"] == 2
    assert [event["key"] for event in desk.receiver.data("table.changed")[0]["events"]] == ["b"]


def test_what_waits_is_bounded_and_what_was_left_out_is_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claps.store.webhook_deliveries.WEBHOOK_WAITING", 2)
    hook = desk.hook("post.commented", "post.clapped")
    post = publish(desk.core, desk.ada)
    desk.receiver.refuse()

    for number in range(4):
        desk.comment(post, f"Ding {number}.")
    for times in range(1, 4):
        desk.clap(post, times)
        desk.tell()

    assert (desk.read(hook).waiting, desk.read(hook).dropped) == (2, 2)
    desk.receiver.take()
    desk.wait_seconds(600)
    desk.tell()
    assert [data["claps"] for data in desk.receiver.data("post.clapped")] == [6]
