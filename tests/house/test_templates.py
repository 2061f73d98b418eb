"""Templates: inputs on line one, nothing that the content policy would refuse."""

from __future__ import annotations

import re

from tests.house.sources import find_lines, list_templates, name_of

INLINE = {
    "script": r"<script(?![^>]*\bsrc=)",
    "style element": r"<style\b",
    "style attribute": r"\sstyle\s*=",
    "event attribute": r"\son[a-z]+\s*=\s*[\"']",
    "script address": r"javascript:",
}


def test_a_partial_says_its_inputs_on_line_one() -> None:
    partials = [path for path in list_templates() if path.name.startswith("_") and path.suffix == ".html"]
    # A file of macros has its inputs in each macro's brackets, and on line one what it is for.
    starts = {path: "{#" if "macro " in path.read_text() else "{# in: " for path in partials}

    assert partials
    assert not [name_of(path) for path, start in starts.items() if not path.read_text().startswith(start)]


def test_nothing_is_inline() -> None:
    templates = list_templates()

    found = {what: find_lines(pattern, templates, flags=re.IGNORECASE) for what, pattern in INLINE.items()}

    assert not {what: lines for what, lines in found.items() if lines}
