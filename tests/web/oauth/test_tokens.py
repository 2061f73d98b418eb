"""Codes and tokens: each good for one thing, once, for as long as it was said, for the app it was given to."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime

import pytest
from flask import Flask

from claps.acts.apps import delete_app, register_app
from claps.acts.tokens import end_permit, permits_of
from claps.app import Core
from claps.plain.people import Person
from claps.store.people import let_go
from claps.store.tokens import Code, Token
from tests.web.oauth.conftest import BACK, CHALLENGE, TOKEN_URL, Program, make_program

LACKING = (
    ({"code_verifier": "w" * 43}, "invalid_grant"),
    ({"code_verifier": CHALLENGE}, "invalid_grant"),
    ({"code_verifier": ""}, "invalid_request"),
    ({"redirect_uri": "https://reader.test/other"}, "invalid_grant"),
    ({"redirect_uri": ""}, "invalid_grant"),
    ({"code": "clapsc_" + "x" * 43}, "invalid_grant"),
    ({"client_secret": "wrong"}, "invalid_client"),
    ({"client_secret": ""}, "invalid_client"),
    ({"client_id": "nobody"}, "invalid_client"),
    ({"grant_type": "password"}, "unsupported_grant_type"),
)


def age(core: Core, model: type[Code] | type[Token]) -> None:
    """Let everything of a kind have ended."""
    core.database.transact(lambda: model.update(expires_at="2026-01-01 00:00:00").execute())


def test_a_code_becomes_a_pair_of_tokens(program: Program, ben: Person) -> None:
    answer = program.redeems(program.gets_code())

    told = answer.json
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert set(told) == {"token_type", "access_token", "expires_in", "refresh_token", "scope"}
    assert (told["token_type"], told["expires_in"], told["scope"]) == ("Bearer", 3600, "read clap")
    said = program.introspects(told["access_token"])
    assert (said["active"], said["username"], said["sub"], said["scope"]) == (True, "ben", str(ben.id), "read clap")
    assert said["exp"] - said["iat"] == 3600


def test_nothing_that_was_given_is_stored_as_it_is(core: Core, program: Program) -> None:
    code = program.gets_code()
    told = program.redeems(code).json

    with core.database.reading():
        stored = str([list(model.select().dicts()) for model in (Code, Token)])
        stored += str(list(core.database.peewee.execute_sql("SELECT * FROM app").fetchall()))

    for secret in (code, told["access_token"], told["refresh_token"], program.app.secret):
        assert secret not in stored and secret.partition("_")[2] not in stored


def test_a_code_alone_is_worth_nothing(program: Program) -> None:
    code = program.gets_code()

    for form, error in LACKING:
        answer = program.redeems(code, **form)
        assert (answer.status_code in (400, 401), answer.json["error"]) == (True, error), form
    assert program.redeems(code).status_code == 200, "what was refused has used nothing up"


def test_a_code_that_comes_twice_ends_what_came_of_it(program: Program) -> None:
    code = program.gets_code()
    tokens = program.redeems(code).json

    again = program.redeems(code)

    assert (again.status_code, again.json["error"]) == (400, "invalid_grant")
    assert not program.passes(tokens)
    assert program.refreshes(tokens["refresh_token"]).json["error"] == "invalid_grant"


def test_a_code_is_good_for_a_minute(core: Core, program: Program) -> None:
    code = program.gets_code()
    age(core, Code)

    assert program.redeems(code).json["error"] == "invalid_grant"


def test_a_code_is_the_apps_that_it_was_given_to(core: Core, app: Flask, program: Program, cyd: Person) -> None:
    thief = make_program(core, app, program.person, cyd)
    code = program.gets_code()

    assert thief.redeems(code).json["error"] == "invalid_grant"
    assert program.redeems(code).status_code == 200


def test_an_app_that_keeps_no_secret_needs_none(page_program: Program) -> None:
    tokens = page_program.gets_tokens()
    given = {"grant_type": "client_credentials", "client_id": page_program.app.app.client_id}

    assert page_program.refreshes(tokens["refresh_token"]).status_code == 200
    assert page_program.server.post(TOKEN_URL, data=given).json["error"] == "invalid_client"
    assert page_program.server.post("/oauth/introspect", data={**given, "token": "x"}).status_code == 401


def test_a_refresh_token_is_changed_for_a_new_pair_that_may_do_less(program: Program) -> None:
    first = program.gets_tokens()

    second = program.refreshes(first["refresh_token"], scope="read").json
    third = program.refreshes(second["refresh_token"]).json

    assert (second["scope"], third["scope"]) == ("read", "read clap")
    assert program.introspects(second["access_token"])["scope"] == "read"
    assert program.introspects(first["refresh_token"]) == {"active": False}
    assert program.introspects(third["refresh_token"])["active"]


def test_a_refresh_token_gives_nothing_that_was_not_agreed_to(program: Program) -> None:
    tokens = program.gets_tokens()

    for scope in ("read post", "stats", "everything"):
        assert program.refreshes(tokens["refresh_token"], scope=scope).json["error"] == "invalid_scope"
    assert program.refreshes(tokens["refresh_token"]).status_code == 200


def test_a_refresh_token_that_comes_twice_ends_the_whole_family(program: Program) -> None:
    other = program.gets_tokens()
    first = program.gets_tokens()
    second = program.refreshes(first["refresh_token"]).json

    again = program.refreshes(first["refresh_token"])

    assert (again.status_code, again.json["error"]) == (400, "invalid_grant")
    assert not program.passes(first) and not program.passes(second)
    assert program.refreshes(second["refresh_token"]).json["error"] == "invalid_grant"
    assert program.passes(other), "what was agreed to another time goes on"


def test_tokens_end_by_themselves(core: Core, program: Program) -> None:
    tokens = program.gets_tokens()
    age(core, Token)

    assert not program.passes(tokens)
    assert program.refreshes(tokens["refresh_token"]).json["error"] == "invalid_grant"


def test_a_refresh_token_is_the_apps_that_it_was_given_to(
    core: Core, app: Flask, program: Program, cyd: Person
) -> None:
    thief = make_program(core, app, program.person, cyd)
    tokens = program.gets_tokens()

    assert thief.refreshes(tokens["refresh_token"]).json["error"] == "invalid_grant"
    assert thief.introspects(tokens["access_token"]) == {"active": False}
    assert thief.asks_for_tokens(grant_type="refresh_token").json["error"] == "invalid_request"
    assert program.passes(tokens)


def test_an_app_speaks_for_itself_and_reads(program: Program) -> None:
    told = program.asks_for_tokens(grant_type="client_credentials").json

    assert (told["scope"], "refresh_token" in told) == ("read", False)
    said = program.introspects(told["access_token"])
    assert said["active"] and "sub" not in said
    for scope in ("clap", "stats"):
        answer = program.asks_for_tokens(grant_type="client_credentials", scope=scope)
        assert (answer.status_code, answer.json["error"]) == (400, "invalid_scope")


def test_an_app_may_say_who_it_is_in_the_header(program: Program) -> None:
    app, form = program.app, {"grant_type": "client_credentials"}
    good = b64encode(f"{app.app.client_id}:{app.secret}".encode()).decode()
    wrong = [b64encode(f"{app.app.client_id}:x".encode()).decode(), b64encode(b"\xff:\xfe").decode(), "???"]

    answers = [
        program.server.post(TOKEN_URL, data=form, headers={"Authorization": f"Basic {text}"}) for text in (good, *wrong)
    ]

    assert [answer.status_code for answer in answers] == [200, 401, 401, 401]
    assert answers[1].headers["WWW-Authenticate"].startswith("Basic ")


def test_what_belongs_into_the_body_belongs_there_once(program: Program) -> None:
    who = {"client_id": program.app.app.client_id, "client_secret": program.app.secret or ""}
    once, twice = {**who, "grant_type": "x", "token": "x"}, {**who, "grant_type": ["x"] * 2, "token": ["x", "y"]}

    for address in ("/oauth/token", "/oauth/revoke", "/oauth/introspect"):
        answers = [program.server.post(address, query_string=once), program.server.post(address, data=twice)]
        assert [answer.json["error"] for answer in answers] == ["invalid_request"] * 2


def test_an_access_token_that_is_taken_back_leaves_the_rest(program: Program) -> None:
    tokens = program.gets_tokens()
    who = {"client_id": program.app.app.client_id, "client_secret": program.app.secret}

    answers = [
        program.server.post("/oauth/revoke", data={**who, "token": token, "token_type_hint": "anything"})
        for token in (tokens["access_token"], tokens["access_token"], "never given")
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert not program.passes(tokens)
    assert program.refreshes(tokens["refresh_token"]).status_code == 200
    assert program.server.post("/oauth/revoke", data=who).json["error"] == "invalid_request"


def test_a_refresh_token_that_is_taken_back_ends_what_came_of_it(page_program: Program) -> None:
    tokens = page_program.gets_tokens()
    who = {"client_id": page_program.app.app.client_id}

    answer = page_program.server.post("/oauth/revoke", data={**who, "token": tokens["refresh_token"]})

    assert answer.status_code == 200
    assert page_program.refreshes(tokens["refresh_token"]).json["error"] == "invalid_grant"


def test_nobody_takes_back_anothers_token(core: Core, app: Flask, program: Program, cyd: Person) -> None:
    thief = make_program(core, app, program.person, cyd)
    tokens = program.gets_tokens()
    who = {"client_id": thief.app.app.client_id, "client_secret": thief.app.secret}

    answer = program.server.post("/oauth/revoke", data={**who, "token": tokens["access_token"]})

    assert answer.json["error"] == "invalid_grant"
    assert program.passes(tokens)


def test_tokens_end_with_the_leave_with_the_app_and_with_the_person(
    core: Core, app: Flask, program: Program, ben: Person, cyd: Person
) -> None:
    passes, deleted, left = app.extensions["claps"].passes, make_program(core, app, ben, cyd), program
    ended = program.gets_tokens()
    end_permit(passes, ben, permits_of(passes, ben)[0][0].id)
    of_deleted, of_left = deleted.gets_tokens(), left.gets_tokens()
    delete_app(passes, cyd, deleted.app.app.id)
    core.database.transact(lambda: let_go(ben.id, at=datetime.now(UTC)))

    assert not program.passes(ended)
    assert passes.find(of_deleted["access_token"]) is None
    assert not left.passes(of_left)
    assert left.refreshes(of_left["refresh_token"]).json["error"] == "invalid_grant"


def test_an_app_that_was_given_leave_too_often_loses_the_oldest(
    core: Core, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.acts.tokens.PERMITS_PER_APP", 2)

    given = [program.gets_tokens() for _ in range(3)]

    assert [program.passes(tokens) for tokens in given] == [False, True, True]


def test_an_app_without_addresses_asks_nobody(core: Core, app: Flask, program: Program, cyd: Person) -> None:
    silent = register_app(core.database, cyd, name="Silent", redirect_uris="", scopes=["read"], confidential=True)
    who = {"client_id": silent.app.client_id, "client_secret": silent.secret}

    assert program.shows(client_id=silent.app.client_id, redirect_uri=BACK).status_code == 400
    answer = program.server.post(TOKEN_URL, data={**who, "grant_type": "authorization_code", "code": "x"})
    assert answer.json["error"] == "unauthorized_client"
