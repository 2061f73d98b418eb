"""Pages of registered apps read the API, and no others do."""

from __future__ import annotations

from flask import Flask

from claps.acts.apps import register_app
from claps.acts.tokens import give_app_token
from claps.app import Core
from claps.plain.people import Person
from claps.plain.permits import NewTokens
from claps.plain.posts import Post

OURS, OTHER = "https://reader.test", "https://evil.test"
ALLOWED = "Access-Control-Allow-Origin"


def test_a_browser_asks_beforehand_and_is_told(core: Core, app: Flask, ada: Person) -> None:
    register_app(core.database, ada, name="R", redirect_uris=f"{OURS}/back", scopes=["read"], confidential=False)
    asks = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}

    for address in ("/api/v1/me/posts", "/oauth/token", "/oauth/revoke"):
        told = app.test_client().options(address, headers={"Origin": OURS, **asks})
        assert (told.status_code, told.headers[ALLOWED]) == (200, OURS)
        assert "Authorization" in told.headers["Access-Control-Allow-Headers"]
        assert "Access-Control-Allow-Credentials" not in told.headers
        refused = app.test_client().options(address, headers={"Origin": OTHER, **asks})
        assert ALLOWED not in refused.headers
        assert "Origin" in refused.headers["Vary"]


def test_live_answers_too_once_the_browser_has_asked(core: Core, app: Flask, ada: Person, article: Post) -> None:
    register_app(core.database, ada, name="R", redirect_uris=f"{OURS}/back", scopes=["read"], confidential=False)
    asks = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}

    answers = [
        app.test_client().options(f"/live?topic=person:{ada.id}", headers={"Origin": origin, **asks})
        for origin in (OURS, OTHER)
    ]

    assert [(answer.status_code, answer.headers.get(ALLOWED)) for answer in answers] == [(200, OURS), (200, None)]
    refused = app.test_client().get(f"/live?topic=person:{ada.id}", headers={"Origin": OURS})
    assert (refused.status_code, refused.headers[ALLOWED]) == (403, OURS)


def test_an_apps_token_is_read_by_its_own_pages(core: Core, app: Flask, ada: Person) -> None:
    new = register_app(core.database, ada, name="R", redirect_uris=f"{OURS}/", scopes=["read"], confidential=True)
    register_app(core.database, ada, name="E", redirect_uris=f"{OTHER}/", scopes=["read"], confidential=True)
    give_app_token(app.extensions["claps"].passes, new.app, NewTokens("clapsa_x", "read", 60))
    client, headers = app.test_client(), {"Authorization": "Bearer clapsa_x"}

    answers = [client.get("/api/v1/me/posts", headers={**headers, "Origin": origin}) for origin in (OURS, OTHER)]

    assert [answer.headers.get(ALLOWED) for answer in answers] == [OURS, None]


def test_pages_are_nobodys_elses(core: Core, app: Flask, ada: Person) -> None:
    register_app(core.database, ada, name="R", redirect_uris=f"{OURS}/", scopes=["read"], confidential=True)
    client = app.test_client()

    for address in ("/", "/settings/programs", "/oauth/authorize", "/oauth/introspect"):
        assert ALLOWED not in client.get(address, headers={"Origin": OURS}).headers
    assert client.post("/oauth/token", headers={"Origin": OTHER}).status_code == 400, "no cookie is looked at there"
    for strange in ("null", "x" * 300, "https://é.test"):
        assert ALLOWED not in client.get("/api/v1/me/posts", headers={"Origin": strange}).headers
