"""docs/security.md names tests that exist, and leaves no requirement out."""

from __future__ import annotations

import re

from tests.house.sources import ROOT

DOCUMENT = ROOT / "docs" / "security.md"
# OWASP ASVS 5.0.0, levels 1 and 2: sections with the numbers of what they ask for.
ASKED = """
1.1.1–2 1.2.1–9 1.3.1–11 1.4.1–3 1.5.1–2 2.1.1–3 2.2.1–3 2.3.1–4 2.4.1 3.2.1–2 3.3.1–4 3.4.1–6 3.5.1–5 3.7.1–2 4.1.1–3
4.2.1 4.3.1–2 4.4.1–4 5.1.1 5.2.1–3 5.3.1–2 5.4.1–3 6.1.1–3 6.2.1–12 6.3.1–4 6.4.1–4 6.5.1–5 6.6.1–3 6.8.1–4 7.1.1–3
7.2.1–4 7.3.1–2 7.4.1–5 7.5.1–2 7.6.1–2 8.1.1–2 8.2.1–3 8.3.1 8.4.1 9.1.1–3 9.2.1–4 10.1.1–2 10.2.1–2 10.3.1–4
10.4.1–11 10.5.1–5 10.6.1–2 10.7.1–3 11.1.1–2 11.2.1–3 11.3.1–3 11.4.1–4 11.5.1 11.6.1 12.1.1–3 12.2.1–2 12.3.1–4
13.1.1 13.2.1–5 13.3.1–2 13.4.1–5 14.1.1–2 14.2.1–4 14.3.1–3 15.1.1–3 15.2.1–3 15.3.1–7 16.1.1 16.2.1–5 16.3.1–4
16.4.1–3 16.5.1–3 17.1.1 17.2.1–4 17.3.1–2
"""
_ROW = re.compile(r"^\| (\d[\d., –]*) \| (.+) \| (.+) \|$", re.MULTILINE)
_TEST = re.compile(r"`([\w/]+\.py)::(test_\w+)`")


def numbers_in(text: str) -> list[str]:
    """The requirements that a list such as ``1.2.5–8, 1.3.1`` names."""
    found = []
    for section, first, last in re.findall(r"(\d+\.\d+)\.(\d+)(?:–(\d+))?", text):
        found += [f"{section}.{number}" for number in range(int(first), int(last or first) + 1)]
    return found


def test_every_test_that_is_named_exists() -> None:
    named = _TEST.findall(DOCUMENT.read_text())

    missing = [
        f"{file}::{test}" for file, test in named
        if not (path := ROOT / "tests" / file).is_file() or f"def {test}(" not in path.read_text()
    ]

    assert len(named) > 100
    assert missing == []


def test_every_row_has_an_answer_and_a_test_or_a_reason() -> None:
    rows = _ROW.findall(DOCUMENT.read_text())

    assert len(rows) > 80
    assert [row for row in rows if not _TEST.search(row[2]) and not row[2].startswith("none: ")] == []


def test_no_requirement_is_left_out_or_answered_twice() -> None:
    answered = [number for row in _ROW.findall(DOCUMENT.read_text()) for number in numbers_in(row[0])]

    assert len(numbers_in(ASKED)) == 253
    assert sorted(answered) == sorted(numbers_in(ASKED))
