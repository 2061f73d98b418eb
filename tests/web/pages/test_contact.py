"""Where to write to who has found a hole."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flask import Flask


def test_nobody_is_named_unless_somebody_is(app: Flask) -> None:
    parts, client = app.extensions["claps"], app.test_client()
    before = client.get("/.well-known/security.txt")

    app.extensions["claps"] = replace(parts, settings=replace(parts.settings, security_contact="mailto:ada@claps.test"))
    answer = client.get("/.well-known/security.txt", base_url="https://claps.test")

    assert (before.status_code, answer.status_code) == (404, 200)
    assert answer.content_type == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == "mailto:ada@claps.test"
    assert fields["Canonical"] == "https://claps.test/.well-known/security.txt"
    left = datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC)
    assert timedelta(days=170) < left < timedelta(days=366)
