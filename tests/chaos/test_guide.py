"""The page about failures says what was measured, and no more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.chaos import guide
from tests.chaos.faults.everything import ALL


def test_the_page_has_the_figures_that_are_kept(tmp_path: Path) -> None:
    page = tmp_path / "failures.md"
    text = guide.PAGE.read_text()
    page.write_text(re.sub(r"(<!-- measured: \w+ -->\n).*?(<!-- end -->)", r"\1\2", text, flags=re.DOTALL))

    guide.fill(page)

    assert page.read_text() == text
    assert text.count("<!-- measured:") == 4


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "failures.md"
    page.write_text("# Nothing breaks\n")

    with pytest.raises(AssertionError, match="no mark for parts"):
        guide.fill(page)

    assert page.read_text() == "# Nothing breaks\n"


def test_the_guide_speaks_of_every_fault_that_there_is() -> None:
    told = {name for part in guide.PARTS for name in part.faults}

    assert told == {fault.__name__.replace("_", " ") for fault in ALL}
