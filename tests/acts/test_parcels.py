"""A zip on its way: one at a time for each person, and nothing of it stays."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from claps.acts.parcels import Bundle, Parcel, take_turn
from claps.plain.errors import TooMany
from claps.plain.limits import EXPORT_BLOCK_BYTES


def test_a_turn_is_one_persons_and_ends_when_it_is_closed(tmp_path: Path) -> None:
    turn = take_turn(tmp_path, 7)

    with pytest.raises(TooMany):
        take_turn(tmp_path, 7)
    take_turn(tmp_path, 8).close()
    turn.close()
    take_turn(tmp_path, 7).close()


def test_a_parcel_is_closed_with_its_last_block(tmp_path: Path) -> None:
    data = b"x" * (EXPORT_BLOCK_BYTES + 1)
    parcel = Parcel(BytesIO(data), take_turn(tmp_path, 7))

    sizes = []
    for block in parcel.blocks():
        sizes.append(len(block))
        if len(sizes) == 2:
            take_turn(tmp_path, 7).close()
    parcel.close()

    assert sizes == [EXPORT_BLOCK_BYTES, 1]


def test_what_belongs_into_lists_is_gathered_and_written_at_the_end(tmp_path: Path) -> None:
    out = BytesIO()
    bundle = Bundle(out, tmp_path, tmp_path, "https://claps.example")
    for number in (1, 2):
        bundle.append_rows("rows.json", [{"number": number}])
        bundle.append("text.md", f"{number}: ü\n")
        bundle.add(f"{number}.md", "Ding.")

    bundle.finish()
    bundle.let_go()

    found = ZipFile(BytesIO(out.getvalue()))
    assert json.loads(found.read("rows.json")) == [{"number": 1}, {"number": 2}]
    assert found.read("text.md").decode() == "1: ü\n2: ü\n"
    assert list(tmp_path.iterdir()) == []


def test_no_picture_is_taken_from_another_folder(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    out = BytesIO()
    bundle = Bundle(out, tmp_path, tmp_path / "media", "https://claps.example")

    bundle.add_picture("../secret")
    bundle.finish()

    assert ZipFile(BytesIO(out.getvalue())).namelist() == []
