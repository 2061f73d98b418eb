"""Fixtures: an app that Cyd has registered, and how it comes to Ben's leave."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from claps.acts.apps import NewApp, register_app
from claps.app import Core
from claps.plain.people import Person
from tests.parts import inside

BACK = "https://reader.test/back"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
TOKEN_URL = "/oauth/token"


def query_of(address: str) -> dict[str, str]:
    """The query of an address, each field once."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


@dataclass
class Program:
    """An app as it goes about it, with the browser of the person that it asks."""

    app: NewApp
    browser: FlaskClient
    person: Person
    server: FlaskClient
    sent: dict[str, str] = field(default_factory=dict)

    def asks(self, **changes: str | None) -> dict[str, str]:
        """What it sends a person to the server with."""
        asked: dict[str, str | None] = {
            "response_type": "code", "client_id": self.app.app.client_id, "redirect_uri": BACK, "scope": "read clap",
            "state": "s t&te", "code_challenge": CHALLENGE, "code_challenge_method": "S256", **changes,
        }
        return {name: value for name, value in asked.items() if value is not None}

    def shows(self, **changes: str | None) -> TestResponse:
        """The page on which the person is asked."""
        return self.browser.get("/oauth/authorize", query_string=self.asks(**changes))

    def decides(self, decision: str = "allow", **changes: str | None) -> TestResponse:
        """What comes of the person's decision."""
        form = {**self.asks(**changes), "decision": decision, "person": str(self.person.id)}
        return self.browser.post("/oauth/authorize", data=form)

    def gets_code(self, **changes: str | None) -> str:
        """A code, by the person's leave."""
        answer = self.decides(**changes)
        assert answer.status_code == 303, answer.text
        return query_of(answer.headers["Location"])["code"]

    def asks_for_tokens(self, **form: str) -> TestResponse:
        """What the server gives; the app says who it is, unless the form says it."""
        who = {"client_id": self.app.app.client_id} | ({"client_secret": self.app.secret} if self.app.secret else {})
        return self.server.post(TOKEN_URL, data={**who, **form})

    def redeems(self, code: str, /, **form: str) -> TestResponse:
        """Change a code for tokens."""
        given = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
        return self.asks_for_tokens(**{**given, **form})

    def refreshes(self, token: str, /, **form: str) -> TestResponse:
        """Change a refresh token for new ones."""
        return self.asks_for_tokens(**{"grant_type": "refresh_token", "refresh_token": token, **form})

    def gets_tokens(self, **changes: str | None) -> dict[str, Any]:
        """A pair of tokens, by the person's leave."""
        answer = self.redeems(self.gets_code(**changes))
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json
        return tokens

    def passes(self, tokens: Mapping[str, Any]) -> bool:
        """Is an access token good for anything?"""
        answer = self.introspects(tokens["access_token"])
        return bool(answer["active"])

    def introspects(self, token: str) -> dict[str, Any]:
        """What the server says of a token."""
        who = {"client_id": self.app.app.client_id, "client_secret": self.app.secret or ""}
        told: dict[str, Any] = self.server.post("/oauth/introspect", data={**who, "token": token}).json
        return told


@pytest.fixture
def cyd(core: Core) -> Person:
    """Cyd, who writes programs."""
    return inside.write_person(core, "cyd")


@pytest.fixture
def program(core: Core, app: Flask, ben: Person, cyd: Person) -> Program:
    """An app that keeps a secret, before Ben, who is signed in."""
    return make_program(core, app, ben, cyd)


@pytest.fixture
def page_program(core: Core, app: Flask, ben: Person, cyd: Person) -> Program:
    """An app that everybody has a copy of."""
    return make_program(core, app, ben, cyd, confidential=False)


def make_program(core: Core, app: Flask, person: Person, owner: Person, **changes: Any) -> Program:
    """Register an app, and open the browser of a person."""
    fields = {"name": "Reader", "redirect_uris": BACK, "scopes": ["read", "clap", "post"], "confidential": True}
    new = register_app(core.database, owner, **{**fields, **changes})
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["person_id"] = person.id
    return Program(new, browser, person, app.test_client())
