"""What one request is called."""

from __future__ import annotations

import dataclasses
import json
import logging
import re

import pytest
from flask import Flask

from claps.logs import JsonLines
from tests.parts.http_client import Client

HEADER = "X-Request-Id"


@pytest.fixture
def told(app: Flask, caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """The log as machines read it, and an address that breaks."""
    app.add_url_rule("/breaks/<token>", view_func=lambda token: 1 // 0)
    caplog.handler.setFormatter(JsonLines())
    caplog.set_level(logging.INFO, "claps")
    return caplog


def set_up(app: Flask, **settings: object) -> None:
    """Run the application with other settings."""
    parts = app.extensions["claps"]
    app.extensions["claps"] = dataclasses.replace(parts, settings=dataclasses.replace(parts.settings, **settings))


def test_every_answer_has_an_id_of_its_own(guest: Client) -> None:
    ids = [guest.get(path).headers["x-request-id"] for path in ("/", "/", "/nowhere", "/healthz", "/static/css/x")]

    assert len(set(ids)) == 5
    assert all(re.fullmatch(r"[0-9a-f]{16}", one) for one in ids)


def test_only_a_trusted_proxy_names_a_request(app: Flask) -> None:
    sent = {HEADER: "edge-7:42"}

    before = app.test_client().get("/healthz", headers=sent).headers[HEADER]
    set_up(app, trusted_proxies=1)
    after = app.test_client().get("/healthz", headers=sent).headers[HEADER]

    assert (before != "edge-7:42", after) == (True, "edge-7:42")


@pytest.mark.parametrize("name", ["", "a b", "a\tb", "<x>", "é", "x" * 101])
def test_a_name_that_is_none_is_not_taken(app: Flask, name: str) -> None:
    set_up(app, trusted_proxies=1)

    answer = app.test_client().get("/healthz", headers={HEADER: name})

    assert re.fullmatch(r"[0-9a-f]{16}", answer.headers[HEADER])


def test_an_error_names_the_request_and_so_does_its_line(app: Flask, told: pytest.LogCaptureFixture) -> None:
    answer = app.test_client().get("/breaks/secret-0?code=secret-1", headers={"Accept": "application/json"})

    problem, line = answer.get_json(), json.loads(told.text)
    assert (answer.status_code, problem["request_id"]) == (500, answer.headers[HEADER])
    assert problem["request_id"] in problem["detail"]
    assert (line["request_id"], line["method"], line["path"]) == (problem["request_id"], "GET", "/breaks/<token>")
    assert "ZeroDivisionError" in line["traceback"]
    assert "secret" not in told.text


def test_requests_are_logged_when_that_is_wanted(app: Flask, told: pytest.LogCaptureFixture) -> None:
    app.test_client().get("/healthz")
    assert not told.text

    set_up(app, log_requests=True)
    answer = app.test_client().get("/nowhere%0A?password=secret")

    line = json.loads(told.text)
    assert (line["status"], line["path"], line["request_id"]) == (404, "/nowhere%0A", answer.headers[HEADER])
    assert line["milliseconds"] > 0
    assert "secret" not in told.text
