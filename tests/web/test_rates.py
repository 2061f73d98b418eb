"""How often programs may ask, and how often a password may be wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from claps.acts.people import join
from claps.acts.tokens import make_personal_token
from claps.app import Core
from claps.hot.connection import open_redis
from claps.hot.rates import Rates
from claps.plain.people import Person
from claps.plain.permits import SCOPES
from claps.plain.posts import Post
from claps.plain.rates import Rate
from claps.web.rates import Allowance

PASSWORD = "a few words in a row"


def bearer(app: Flask, person: Person) -> dict[str, str]:
    """A header with a token of somebody's."""
    token = make_personal_token(app.extensions["claps"].passes, person, name="Mine", scopes=SCOPES, days=7)
    return {"Authorization": f"Bearer {token}"}


def test_a_program_is_told_how_it_stands_and_held_back_by_person(
    app: Flask, ada: Person, ben: Person, article: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.web.rates.API_WRITES", Rate("writes", 2, 60))
    client, path = app.test_client(), f"/api/v1/posts/{article.id}/claps"
    bens = [bearer(app, ben) for _ in range(2)]

    answers = [client.post(path, json={}, headers=bens[turn % 2]) for turn in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0].headers["RateLimit-Policy"] == '"writes";q=2;w=60'
    assert answers[0].headers["RateLimit"].startswith('"writes";r=1;t=')
    assert answers[2].content_type == "application/problem+json"
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 120
    assert client.get(f"/api/v1/posts/{article.id}", headers=bens[0]).status_code == 200, "reading is another count"
    assert client.post(path, json={}, headers=bearer(app, ada)).status_code == 403, "she is let through to be refused"


def test_readers_behind_one_address_are_never_held_back(
    app: Flask, article: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.web.rates.API_READS", Rate("reads", 1, 60))
    client = app.test_client()

    answers = [client.get(path) for path in (f"/api/v1/posts/{article.id}", f"/posts/{article.id}", "/") for _ in "12"]

    assert {answer.status_code for answer in answers} == {200}
    assert not any("RateLimit" in answer.headers for answer in answers)


def test_who_changes_much_on_pages_is_held_back_alone_and_reads_on(
    app: Flask, article: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.web.rates._allowance", Allowance())
    monkeypatch.setattr("claps.web.pages.claps.CLAPS", Rate("claps", 3, 60))
    one, other, path = app.test_client(), app.test_client(), f"/posts/{article.id}/claps"
    headers = {"Accept": "application/json"}

    answers = [one.post(path, json={"claps": 1}, headers=headers) for _ in range(5)]
    others = [other.post(path, json={"claps": 1}, headers=headers) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[4].json["title"] == "Too many requests" and "Retry-After" in answers[4].headers
    assert {answer.status_code for answer in others} == {200}
    assert {one.get(path).status_code for path in (f"/posts/{article.id}", "/") for _ in range(9)} == {200}


def test_a_tenth_of_a_rate_is_given_without_asking_redis_anew_each_minute() -> None:
    now = [0.0]
    allowance, rate = Allowance(clock=lambda: now[0]), Rate("claps", 20, 60)

    given = [allowance.gives(rate, reader_id) for reader_id in (7, 7, 7, 8)]
    now[0] = 61.0

    assert (given, allowance.gives(rate, 7)) == ([True, True, False, True], True)


def test_who_has_no_token_yet_is_held_back_by_address(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claps.web.rates.OAUTH", Rate("oauth", 1, 60))
    near, far = ({"REMOTE_ADDR": address} for address in ("192.0.2.7", "192.0.2.8"))
    forged = {"X-Forwarded-For": "192.0.2.99"}

    answers = [app.test_client().post("/oauth/token", environ_base=base, headers=forged) for base in (near, near, far)]

    assert [answer.status_code for answer in answers] == [400, 429, 400]
    assert answers[1].json["error"] == "temporarily_unavailable"
    assert "Retry-After" in answers[1].headers


def from_address(address: str) -> dict[str, dict[str, str]]:
    """Where a request comes from."""
    return {"environ_base": {"REMOTE_ADDR": address}}


def test_wrong_passwords_are_counted_and_right_ones_are_not(
    core: Core, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.web.rates.WRONG_BY_NAME", Rate("wrong-by-name", 2, 900))
    join(core.database, "zoe", "Zoe", PASSWORD)
    join(core.database, "yan", "Yan", PASSWORD)

    def sign_in(name: str, password: str, address: str = "192.0.2.7") -> int:
        form = {"name": name, "password": password}
        client = app.test_client()
        return client.post("/login", data=form, **from_address(address)).status_code  # type: ignore[arg-type]

    right = [sign_in("zoe", PASSWORD) for _ in range(3)]
    wrong = [sign_in(name, "another") for name in ("zoe", "@Zoe ", "zoe")]

    assert (right, wrong) == ([303] * 3, [403, 403, 429])
    assert (sign_in("zoe", PASSWORD), sign_in("yan", PASSWORD)) == (429, 303)
    assert sign_in("zoe", PASSWORD, "192.0.2.8") == 303, "who guesses keeps nobody out who comes from elsewhere"


def test_who_guesses_from_everywhere_keeps_nobody_out_of_a_browser_that_is_known(
    core: Core, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.web.rates.WRONG_ANYWHERE", Rate("wrong-anywhere", 2, 900))
    monkeypatch.setattr("claps.web.rates.WRONG_BY_BROWSER", Rate("wrong-by-browser", 2, 900))
    right, wrong = ({"name": "zoe", "password": password} for password in (PASSWORD, "another"))
    join(core.database, "zoe", "Zoe", PASSWORD)
    known = app.test_client()
    known.post("/login", data=right)
    known.post("/logout")

    guesses = [app.test_client().post("/login", data=wrong, **from_address(f"192.0.2.{turn}")) for turn in range(3)]
    stranger = app.test_client().post("/login", data=right, **from_address("192.0.2.99"))
    again = known.post("/login", data=right)
    stolen = [known.post("/login", data=one).status_code for one in (wrong, wrong, right)]

    assert [answer.status_code for answer in guesses] == [403, 403, 429]
    assert (stranger.status_code, again.status_code) == (429, 303)
    assert stolen == [403, 403, 429], "what a known browser may try is counted, too"


def test_who_is_signed_in_does_not_try_passwords_for_ever(
    core: Core, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.web.rates.WRONG_BY_PERSON", Rate("wrong-by-person", 2, 900))
    zoe = join(core.database, "zoe", "Zoe", PASSWORD)
    client = app.test_client()
    with client.session_transaction() as session:
        session["person_id"] = zoe.id
    form = {"current": "another", "new": "quite other words now"}

    changes = [client.post("/settings/password", data=form).status_code for _ in range(2)]
    leaving = client.post("/settings/leave", data={"password": PASSWORD}).status_code

    assert (changes, leaving) == ([422, 422], 429)


def test_one_address_does_not_try_names_for_ever(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claps.web.rates.WRONG_BY_ADDRESS", Rate("wrong-by-address", 2, 900))
    client = app.test_client()

    answers = [client.post("/login", data={"name": f"nobody{turn}", "password": "x" * 8}) for turn in range(3)]

    assert [answer.status_code for answer in answers] == [403, 403, 429]
    assert "Too many wrong passwords lately." in answers[2].text


def test_without_redis_everybody_goes_on(app: Flask, ada: Person, article: Post) -> None:
    parts = app.extensions["claps"]
    app.extensions["claps"] = replace(parts, rates=Rates(open_redis("redis://127.0.0.1:1")))
    headers = bearer(app, ada)

    assert app.test_client().get(f"/api/v1/posts/{article.id}", headers=headers).status_code == 200
