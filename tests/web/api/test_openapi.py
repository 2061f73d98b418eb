"""The API is as its description says, whatever is asked."""

from __future__ import annotations

import re

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from claps.acts.claps import clap
from claps.acts.comments import Talk, comment
from claps.acts.follows import follow
from claps.acts.tokens import make_personal_token
from claps.app import Core
from claps.plain.people import Person, Reader
from claps.plain.permits import SCOPES
from claps.plain.posts import Post

EXAMPLES = 5
# A schema cannot say all that a text must be: letters that leave a mark, and not too many tags in it. That is a 422.
NOT_ASKED = [positive_data_acceptance]


@pytest.fixture
def description(core: Core, app: Flask, ada: Person, ben: Person, article: Post) -> schemathesis.BaseSchema:
    """The description of an API that has something to tell."""
    parts = app.extensions["claps"]
    clap(core.ledger, Reader(ben.id), article, times=3)
    comment(Talk(core.database, core.ledger, core.publish, parts.errands), ben, article, body="Ding, dong.")
    follow(core.database, ben, ada)
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)


def test_whatever_is_asked_is_answered_as_described(
    app: Flask, description: schemathesis.BaseSchema, ben: Person
) -> None:
    token = make_personal_token(app.extensions["claps"].passes, ben, name="All", scopes=SCOPES, days=7)
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
    tried: set[str] = set()

    for found in description.get_all_operations():
        operation = found.ok()

        @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def ask(case: schemathesis.Case) -> None:
            # What was just deleted is not there for whoever asks again without a token.
            excluded = [*NOT_ASKED, ignored_auth] if case.method == "DELETE" else NOT_ASKED
            case.call_and_validate(headers=headers, excluded_checks=excluded)
            tried.add(f"{case.method} {case.path}")

        ask()

    assert len(tried) == sum(1 for _ in description.get_all_operations()) > 25


def test_every_address_of_the_api_is_described(app: Flask, description: schemathesis.BaseSchema) -> None:
    described = {operation.ok().path for operation in description.get_all_operations()}
    rules = [rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1/")]
    there = {re.sub("<[a-z]+:", "<", rule) for rule in rules}

    missing = there - {path.replace("{", "<").replace("}", ">") for path in described}

    assert missing == {"/api/v1/", "/api/v1/openapi.json"}


def test_people_read_the_description_without_script(app: Flask) -> None:
    page = app.test_client().get("/api/v1/")

    assert page.status_code == 200
    for said in ("POST /api/v1/posts/{post_id}/claps", "Clap for a post.", 'href="#Clapped"', 'id="Clapped"', "stats"):
        assert said in page.text
    assert "<script" not in page.text
