"""Webhooks by the API."""

from __future__ import annotations

from flask import Flask

from claps.acts.follows import follow
from claps.acts.tables import Tables, create_table
from claps.app import Core
from claps.plain.people import Person
from tests.web.api.conftest import Hand

URL = "https://hooks.test/claps"
NEW = {"url": URL, "events": ["person.followed", "post.clapped"]}


def test_a_webhook_is_made_changed_turned_off_and_on_and_deleted(hand: Hand, ada: Person) -> None:
    program = hand(ada, "stats")

    made = program.ask("POST", "/webhooks", NEW)
    path = f"/webhooks/{made.json['id']}"
    changed = program.ask("PATCH", path, {"url": f"{URL}/2", "events": ["post.published"]})
    off = program.ask("PATCH", path, {"on": False})
    on = program.ask("PATCH", path, {"on": True})

    assert (made.status_code, made.headers["Location"]) == (201, f"/api/v1{path}")
    assert made.json["secret"].startswith("whsec_") and made.headers["Cache-Control"] == "no-store"
    assert (changed.json["url"], changed.json["events"], changed.json["tables"]) == (f"{URL}/2", ["post.published"], [])
    assert (off.json["on"], on.json["on"], on.json["why_off"]) == (False, True, "")
    assert program.get("/webhooks").json == [on.json] and "secret" not in on.json
    assert program.ask("DELETE", path).status_code == 204
    assert program.get(path).status_code == 404


def test_a_secret_is_told_again_only_under_the_key_it_was_asked_with(core: Core, hand: Hand, ada: Person) -> None:
    program = hand(ada)

    first, again = (program.ask("POST", "/webhooks", NEW, Idempotency_Key="k1") for _ in range(2))
    other = program.ask("POST", f"/webhooks/{first.json['id']}/secret")

    assert again.json == first.json and again.headers["Idempotent-Replayed"] == "true"
    assert other.json["secret"] != first.json["secret"] and other.json["old_secret_until"] is not None
    with core.database.reading():
        kept = core.database.peewee.execute_sql("SELECT body FROM `repeat`").fetchall()
    assert kept and "whsec_" not in str(kept)


def test_what_a_webhook_is_told_takes_the_scope_of_it(app: Flask, core: Core, hand: Hand, ada: Person) -> None:
    parts = app.extensions["claps"]
    create_table(Tables(core.database, core.publish, parts.errands), ada, "prices")
    table = {"url": URL, "events": ["table.changed"], "tables": ["prices"]}

    made = hand(ada, "tables").ask("POST", "/webhooks", table)
    refused = [hand(ada, "stats").ask("POST", "/webhooks", table), hand(ada, "tables").ask("POST", "/webhooks", NEW)]

    assert made.status_code == 201
    assert [(answer.status_code, answer.headers["WWW-Authenticate"][-8:-1]) for answer in refused] == [
        (403, '"tables'), (403, '="stats'),
    ]
    assert hand(ada, "stats").get("/webhooks").json == []
    assert hand(ada, "stats").get(f"/webhooks/{made.json['id']}").status_code == 404
    assert hand(ada, "read").get("/webhooks").status_code == 403


def test_what_cannot_be_is_refused_with_its_field(hand: Hand, ada: Person) -> None:
    program = hand(ada)
    wrong = [
        ({**NEW, "url": "https://127.0.0.1/"}, "url"), ({**NEW, "url": "http://hooks.test/"}, "url"),
        ({**NEW, "events": ["post.read"]}, "events"), ({**NEW, "tables": ["prices"]}, "tables"),
        ({"url": URL, "events": ["table.changed"], "tables": ["nowhere"]}, "tables"),
        ({"url": URL, "events": ["table.changed"]}, "tables"), ({**NEW, "secret": "mine"}, "secret"),
    ]

    answers = [program.ask("POST", "/webhooks", body) for body, _ in wrong]

    assert [(answer.status_code, answer.json["field"]) for answer in answers] == [(422, field) for _, field in wrong]


def test_nobody_has_more_than_ten_and_nobody_sees_anothers(hand: Hand, ada: Person, ben: Person) -> None:
    program = hand(ada)

    statuses = [program.ask("POST", "/webhooks", NEW).status_code for _ in range(11)]
    number = program.get("/webhooks").json[0]["id"]

    assert statuses == [201] * 10 + [409]
    for method, path in [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/ping"), ("POST", "/secret")]:
        assert hand(ben).ask(method, f"/webhooks/{number}{path}").status_code == 404


def test_what_it_is_told_is_listed_tried_and_sent_again(core: Core, hand: Hand, ada: Person, ben: Person) -> None:
    program = hand(ada)
    path = f"/webhooks/{program.ask('POST', '/webhooks', NEW).json['id']}"

    follow(core.database, ben, ada)
    ping = program.ask("POST", f"{path}/ping")
    listed = program.get(f"{path}/deliveries").json
    again = program.ask("POST", f"{path}/deliveries/{listed[1]['id']}/send")

    assert (ping.status_code, ping.json["event"], ping.json["state"]) == (202, "ping", "waiting")
    assert [one["event"] for one in listed] == ["ping", "person.followed"]
    assert listed[1]["body"]["data"]["person"]["name"] == "ben"
    assert again.json["message"] == listed[1]["message"]
    assert program.ask("POST", f"{path}/deliveries/99999/send").status_code == 404
    program.ask("PATCH", path, {"on": False})
    assert program.ask("POST", f"{path}/ping").status_code == 409
    assert {one["state"] for one in program.get(f"{path}/deliveries").json} == {"failed"}
