"""The document shows every file that it tells to copy, as it is."""

from __future__ import annotations

from tests.house.sources import ROOT

FOLDER = ROOT / "docs" / "running"


def test_every_file_is_shown_as_it_is() -> None:
    text = (ROOT / "docs" / "running.md").read_text()

    changed = [path.name for path in sorted(FOLDER.iterdir()) if f"\n{path.read_text()}```\n" not in text]

    assert list(FOLDER.iterdir())
    assert not changed
