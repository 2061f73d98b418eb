"""What those say who know of unsafe packages is read as they say it."""

from __future__ import annotations

import json

import pytest

from tools.audit import read_python, read_scripts

UNSAFE = {"id": "PYSEC-2026-1", "fix_versions": ["2.0"], "aliases": [], "description": "Bad."}
SKIPPED = {"name": "peewee", "skip_reason": "Dependency not found on PyPI and could not be audited: peewee (4.5.3)"}
KNOWN = {"name": "flask", "version": "3.1.3", "vulns": []}
NPM = {"auditReportVersion": 2, "vulnerabilities": {}, "metadata": {"dependencies": {"total": 4}}}


def test_what_is_known_to_be_unsafe_is_found() -> None:
    report = {"dependencies": [KNOWN, SKIPPED, {"name": "gunicorn", "version": "1.0", "vulns": [UNSAFE]}], "fixes": []}

    assert read_python(json.dumps(report)) == (2, ["gunicorn 1.0: PYSEC-2026-1 (mended in 2.0)"])


def test_an_unsafe_script_is_found() -> None:
    unsafe = {"htmx.org": {"name": "htmx.org", "severity": "high", "range": "<4.0.2"}}

    assert read_scripts(json.dumps(NPM)) == (4, [])
    assert read_scripts(json.dumps({**NPM, "vulnerabilities": unsafe})) == (4, ["htmx.org: high, <4.0.2"])


@pytest.mark.parametrize(
    "report", ["", "Traceback", "[]", "null", '{"error": {"code": "ENOAUDIT"}}', '{"dependencies": []}']
)
def test_where_nobody_answers_nothing_is_known(report: str) -> None:
    assert read_python(report) == read_scripts(report) == (0, [])


def test_what_was_skipped_is_not_known() -> None:
    assert read_python(json.dumps({"dependencies": [SKIPPED], "fixes": []})) == (0, [])
