"""Fixtures: programs with tokens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from claps.acts.tokens import make_personal_token
from claps.plain.people import Person
from claps.plain.permits import SCOPES

ROOT = "/api/v1"


@dataclass
class Program:
    """A program with a token, or without one."""

    client: FlaskClient
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """Ask for something below ``/api/v1``; ``_`` in the names of headers stands for ``-``."""
        given = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.client.open(f"{ROOT}{path}", method=method, json=body, headers=given)

    def get(self, path: str, **headers: str) -> TestResponse:
        """Read something."""
        return self.ask("GET", path, **headers)


Hand = Callable[..., Program]


@pytest.fixture
def hand(app: Flask) -> Hand:
    """Give a program to somebody: ``hand(ben)`` with every scope, ``hand(ben, "read")``, ``hand(None)`` with none."""

    def hand(person: Person | None, *scopes: str) -> Program:
        if person is None:
            return Program(app.test_client())
        passes = app.extensions["claps"].passes
        token = make_personal_token(passes, person, name="Mine", scopes=scopes or tuple(SCOPES), days=7)
        return Program(app.test_client(), {"Authorization": f"Bearer {token}"})

    return hand
