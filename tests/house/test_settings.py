"""Every setting is documented, and every documented setting exists."""

from __future__ import annotations

import re

from tests.house.sources import ROOT, list_python, name_of

SETTING = re.compile(r"\bCLAPS_[A-Z]+(?:_[A-Z]+)*\b")
ROW = re.compile(r"^\| *`(CLAPS_[A-Z_]+)`", re.MULTILINE)


def test_the_settings_table_is_whole() -> None:
    read = set(SETTING.findall((ROOT / "claps" / "settings.py").read_text()))

    documented = ROW.findall((ROOT / "README.md").read_text())

    assert sorted(documented) == sorted(read)


def test_only_settings_reads_a_setting_from_the_environment() -> None:
    reads = re.compile(r"environ(\.get\(|\[) *[\"']CLAPS_|getenv\( *[\"']CLAPS_")

    elsewhere = [name_of(path) for path in list_python("claps") if reads.search(path.read_text())]

    assert elsewhere == ["claps/settings.py"]
