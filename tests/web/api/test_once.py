"""What is asked twice under one key is done once."""

from __future__ import annotations

import pytest
from flask import Flask

from claps.app import Core
from claps.plain.errors import Unavailable
from claps.plain.people import Person
from claps.plain.posts import Post
from claps.store.repeats import Repeat
from tests.web.api.conftest import Hand


def test_the_same_under_one_key_is_done_once_and_answered_alike(hand: Hand, article: Post, ben: Person) -> None:
    program = hand(ben)
    path = f"/posts/{article.id}"

    claps = [program.ask("POST", f"{path}/claps", {"claps": 3}, Idempotency_Key="k1") for _ in range(2)]
    said = [program.ask("POST", f"{path}/comments", {"body": "Ding."}, Idempotency_Key="k2") for _ in range(2)]
    made = [program.ask("POST", "/posts", {"markdown": "Dong."}, Idempotency_Key="k3") for _ in range(2)]

    for first, second in (claps, said, made):
        assert (first.status_code, first.data) == (second.status_code, second.data)
        assert (first.headers.get("Location"), second.headers["Idempotent-Replayed"]) == (
            second.headers.get("Location"), "true"
        )
    assert program.get(path).json["claps"] == 3
    assert program.ask("POST", f"{path}/claps", {"claps": 3}, Idempotency_Key="k4").json["claps"] == 6


def test_a_table_counts_once_under_one_key(hand: Hand, ben: Person) -> None:
    program = hand(ben)
    program.ask("POST", "/tables", {"name": "bells"})

    answers = [
        program.ask("POST", "/tables/bells/entries/a/increment", {"by": 2}, Idempotency_Key="k1") for _ in range(2)
    ]

    assert [(one.status_code, one.json["value"]) for one in answers] == [(201, 2), (201, 2)]
    assert answers[0].headers["ETag"] == answers[1].headers["ETag"]


def test_one_key_is_for_one_request_of_one_person(hand: Hand, article: Post, ben: Person) -> None:
    program, path = hand(ben), f"/posts/{article.id}/claps"
    program.ask("POST", path, {"claps": 3}, Idempotency_Key="k1")

    other = program.ask("POST", path, {"claps": 4}, Idempotency_Key="k1")
    elsewhere = program.ask("POST", "/posts/999/claps", {"claps": 3}, Idempotency_Key="k1")

    assert [(one.status_code, one.json["field"]) for one in (other, elsewhere)] == [(422, "Idempotency-Key")] * 2
    for wrong in ("", "x" * 256):
        assert program.ask("POST", path, {"claps": 4}, Idempotency_Key=wrong).status_code == 422
    assert hand(None).ask("POST", path, Idempotency_Key="k1").status_code == 401


def test_what_was_refused_is_refused_again_and_what_broke_is_tried_again(
    app: Flask, hand: Hand, article: Post, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, path = hand(ben), f"/posts/{article.id}/claps"

    refused = [program.ask("POST", path, {"claps": 99}, Idempotency_Key="k1") for _ in range(2)]
    with monkeypatch.context() as patch:
        patch.setattr("claps.acts.claps.clap", _break)
        broken = program.ask("POST", path, {"claps": 2}, Idempotency_Key="k2")
    again = program.ask("POST", path, {"claps": 2}, Idempotency_Key="k2")

    assert [one.status_code for one in refused] == [422, 422]
    assert refused[1].content_type == "application/problem+json"
    assert (broken.status_code, again.status_code, again.json["claps"]) == (503, 200, 2)


def test_while_it_is_being_done_the_same_is_a_conflict_for_a_minute(
    core: Core, hand: Hand, article: Post, ben: Person
) -> None:
    program, path = hand(ben), f"/posts/{article.id}/claps"
    program.ask("POST", path, {"claps": 1}, Idempotency_Key="k1")
    core.database.transact(lambda: Repeat.update(status=None).execute())

    early = program.ask("POST", path, {"claps": 1}, Idempotency_Key="k1")
    core.database.transact(lambda: Repeat.update(at="2026-01-01 00:00:00").execute())
    late = program.ask("POST", path, {"claps": 1}, Idempotency_Key="k1")

    assert (early.status_code, late.status_code, late.json["claps"]) == (409, 200, 2)


def _break(*given: object, **more: object) -> None:
    raise Unavailable("Redis does not answer.")
