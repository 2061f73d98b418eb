"""How a list of findings reads."""

from __future__ import annotations

import click

from claps.checks.findings import is_unsafe, ok, render_findings, unsafe, unseen, warn


def test_findings_stand_under_what_they_are_about_with_their_remedies() -> None:
    findings = [ok("Redis", "answers."), warn("Redis", "is full.", "Empty it."), unseen("SQL", "is away.")]

    lines = click.unstyle(render_findings(findings)).splitlines()

    assert lines == [
        "Redis", "  ok      answers.", "  warn    is full.", "          → Empty it.", "SQL", "  unseen  is away.", "",
        "1 ok, 1 warn, 1 unseen",
    ]


def test_only_the_unsafe_is_unsafe() -> None:
    assert not is_unsafe([ok("Redis", ""), warn("Redis", "", ""), unseen("Redis", "")])
    assert is_unsafe([ok("Redis", ""), unsafe("Redis", "", "")])
