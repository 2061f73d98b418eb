"""Fixtures: people at the application inside the test, signed in without their passwords."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from claps.plain.people import Person

Enter = Callable[[Person | None], FlaskClient]


@pytest.fixture
def enter(app: Flask, tmp_path: Path) -> Enter:
    """Open a browser for somebody: ``enter(ada)``, ``enter(None)`` for a guest; pictures go to the test's folder."""
    parts = app.extensions["claps"]
    app.extensions["claps"] = replace(parts, settings=replace(parts.settings, var=tmp_path))

    def enter(person: Person | None) -> FlaskClient:
        client = app.test_client()
        if person is not None:
            with client.session_transaction() as session:
                session["person_id"] = person.id
        return client

    return enter


@pytest.fixture
def desk(enter: Enter, ada: Person) -> FlaskClient:
    """Ada's browser."""
    return enter(ada)
