"""Clients that nobody here wrote come to a token over the running site, and use it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
from requests_oauthlib import OAuth2Session

from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Client
from tests.web.conftest import SignIn

BACK = "http://127.0.0.1/back"


def agree(browser: Client, address: str) -> str:
    """Go where an app sends a person, say yes, and return the address at which the person comes out."""
    parts = urlsplit(address)
    page = browser.get(f"{parts.path}?{parts.query}")
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text.partition("decide")[2]))
    answer = browser.post("/oauth/authorize", {**fields, "decision": "allow"})
    assert answer.status == 303, answer.text
    return answer.headers["location"]


def register(owner: Client) -> tuple[str, str]:
    """Register an app; return its name and its secret."""
    form = "name=Other&redirect_uris=http%3A%2F%2F127.0.0.1%2Fback&scopes=read&scopes=stats&confidential=1"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    page = owner.ask("POST", "/settings/programs/apps", body=form.encode(), headers=headers)
    found = re.search(r"Client id: <code>([\w-]+)</code></p>\s*<p>Secret: <code>(\w+_[\w-]+)</code>", page.text)
    assert found is not None
    return found[1], found[2]


def test_requests_oauthlib_goes_all_the_way(
    live_site: ClapsServer, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    client_id, secret = register(sign_in("cyd"))
    root, ada = live_site.url, sign_in("ada")
    with OAuth2Session(client_id, redirect_uri=BACK, scope=["read", "stats"], pkce="S256") as session:
        address, _ = session.authorization_url(f"{root}/oauth/authorize")

        token = session.fetch_token(
            f"{root}/oauth/token", authorization_response=agree(ada, address), client_secret=secret
        )
        posts = session.get(f"{root}/api/v1/me/posts")
        again = session.refresh_token(f"{root}/oauth/token", client_id=client_id, client_secret=secret)

    assert (posts.status_code, len(posts.json()) > 0) == (200, True)
    assert token["scope"] == ["read", "stats"]
    assert again["refresh_token"] != token["refresh_token"]


def test_authlib_finds_everything_by_the_metadata(live_site: ClapsServer, sign_in: SignIn) -> None:
    client_id, secret = register(sign_in("cyd"))
    told = Client(live_site.port).get("/.well-known/oauth-authorization-server").json
    with AuthlibSession(
        client_id, secret, scope="stats", redirect_uri=BACK, code_challenge_method="S256"
    ) as session:
        address, state = session.create_authorization_url(told["authorization_endpoint"], code_verifier="v" * 50)

        session.fetch_token(
            told["token_endpoint"], authorization_response=agree(sign_in("ben"), address), state=state,
            code_verifier="v" * 50,
        )
        posts = session.get(f"{live_site.url}/api/v1/me/posts")
        said = session.introspect_token(told["introspection_endpoint"], token=session.token["access_token"]).json()
        session.revoke_token(told["revocation_endpoint"], token=session.token["access_token"])
        refused = session.get(f"{live_site.url}/api/v1/me/posts")

    assert (posts.status_code, refused.status_code) == (200, 401)
    assert (said["username"], said["scope"], said["client_id"]) == ("ben", "stats", client_id)
