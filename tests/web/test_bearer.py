"""Tokens in requests: whose they are, what they are good for, and what comes with them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Blueprint, Flask

from claps.acts.tokens import end_permit, make_personal_token, permits_of
from claps.app import Core
from claps.plain.people import Person
from claps.plain.permits import SCOPES
from claps.plain.posts import Post
from claps.web.bearer import cover, needs, scope_of

Give = Callable[..., dict[str, str]]
URL = "/api/v1/me/posts"


@pytest.fixture
def give(app: Flask) -> Give:
    """A header with a token of somebody's own: ``give(ada, "read", "clap")``."""

    def give(person: Person, *scopes: str) -> dict[str, str]:
        passes = app.extensions["claps"].passes
        token = make_personal_token(passes, person, name="Mine", scopes=scopes, days=7)
        return {"Authorization": f"Bearer {token}"}

    return give


def test_a_token_speaks_for_its_person_and_a_cookie_beside_it_for_nobody(
    app: Flask, give: Give, ada: Person, ben: Person, article: Post
) -> None:
    client = app.test_client()
    with client.session_transaction() as session:
        session["person_id"] = ada.id

    answer = client.get(URL, headers=give(ben, "stats"))

    assert (answer.status_code, answer.json) == (200, [])
    assert len(client.get(URL).json) == 1
    assert "Set-Cookie" not in answer.headers


def test_who_shows_what_is_no_token_is_not_known_by_the_cookie_either(app: Flask, ada: Person) -> None:
    client = app.test_client()
    with client.session_transaction() as session:
        session["person_id"] = ada.id

    for header in ("Bearer x", "Bearer", "bearer  ", "Basic YTpi", "Bearer é", "x"):
        answer = client.get(URL, headers={"Authorization": header})
        assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="claps", error="invalid_token"'


def test_a_token_is_good_for_what_it_was_made_for(app: Flask, give: Give, ada: Person) -> None:
    answer = app.test_client().get(URL, headers=give(ada, *(scope for scope in SCOPES if scope != "stats")))

    assert answer.status_code == 403
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="claps", error="insufficient_scope", scope="stats"'


def test_pages_know_nothing_of_tokens(app: Flask, give: Give, ada: Person, article: Post) -> None:
    answers = [
        app.test_client().get("/dashboard", headers=give(ada, *SCOPES)),
        app.test_client().post(f"/posts/{article.id}/comments", data={"body": "Ding."}, headers=give(ada, *SCOPES)),
    ]

    assert [answer.status_code for answer in answers] == [303, 403]


def test_what_was_taken_back_passes_nowhere(core: Core, app: Flask, give: Give, ada: Person, ben: Person) -> None:
    passes, client = app.extensions["claps"].passes, app.test_client()
    ended, left = give(ada, "stats"), give(ben, "stats")
    assert [client.get(URL, headers=headers).status_code for headers in (ended, left)] == [200, 200]

    end_permit(passes, ada, permits_of(passes, ada)[1][0].id)
    app.extensions["claps"].departed.note(ben.id)

    assert [client.get(URL, headers=headers).status_code for headers in (ended, left)] == [401, 401]


def test_private_topics_take_the_scope_of_what_they_tell(app: Flask, give: Give, ada: Person, ben: Person) -> None:
    client, accept = app.test_client(), {"Accept": "application/json"}

    def ask(topic: str, headers: dict[str, str]) -> int:
        return client.get(f"/live?topic={topic}&wait=0", headers={**accept, **headers}).status_code

    # 503 is how far it comes here: this test's server cannot hold a request.
    assert ask(f"writer:{ada.id}", give(ada, "stats")) == 503
    assert ask(f"writer:{ada.id}", give(ada, "read")) == 403
    assert ask(f"writer:{ada.id}", give(ben, "stats")) == 403
    assert ask(f"feed:{ada.id}:0", give(ada, "read")) == 503
    assert ask(f"feed:{ada.id}:0", give(ada, "stats")) == 403
    assert ask(f"writer:{ada.id}", {"Authorization": "Bearer x"}) == 401


def test_there_is_no_scope_that_is_not_on_the_list() -> None:
    with pytest.raises(ValueError, match="everything"):
        needs("everything")
    with pytest.raises(ValueError, match="everything"):
        cover(Blueprint("all", __name__), "everything")


def test_every_address_of_the_api_says_what_it_takes(app: Flask) -> None:
    with app.app_context():
        silent = [
            rule.rule
            for rule in app.url_map.iter_rules()
            if rule.rule.startswith("/api/v1/") and scope_of(rule.endpoint) is None
        ]

    assert not silent
