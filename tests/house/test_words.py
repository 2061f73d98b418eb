"""Words that are not used here."""

from __future__ import annotations

from tests.house.sources import ROOT, find_lines, list_python, list_texts, name_of

NOBODYS_ROOMS = set("utils util helpers helper common core services service managers manager".split())
# Put together, so that this file may be looked through as well.
PROMISES = r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK")) + r")\b"


def test_nothing_is_left_for_later() -> None:
    assert not find_lines(PROMISES, list_texts())


def test_no_room_is_for_everything() -> None:
    paths = [*list_python(), *[path for path in (ROOT / "claps").rglob("*") if path.is_dir()]]

    assert not [name_of(path) for path in paths if path.stem in NOBODYS_ROOMS]


def test_every_module_says_what_it_is_for() -> None:
    silent = [name_of(path) for path in list_python() if not path.read_text().startswith('"""')]

    assert not silent


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {path.parent for path in list_python("tests")}

    assert not [name_of(folder) for folder in folders if not (folder / "__init__.py").exists()]
