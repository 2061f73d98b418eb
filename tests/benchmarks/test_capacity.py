"""The page about capacity."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.capacity import PAGE, SITES, chokepoints_table, fill, peers_table, plans_table, read_peers, table
from claps.planning.figures import Figures
from claps.planning.peers import PEERS
from claps.planning.plans import make_plan


def test_parts_go_between_their_marks_and_the_rest_stays() -> None:
    text = "before\n<!-- a -->\nold\n<!-- /a -->\nafter"

    assert fill(text, {"a": "new\nlines"}) == "before\n<!-- a -->\nnew\nlines\n<!-- /a -->\nafter"
    with pytest.raises(AssertionError, match="no place for b"):
        fill(text, {"b": ""})


def test_the_page_has_a_place_for_every_part() -> None:
    text = PAGE.read_text()

    for name in ("figures", "sites", "tables", "chokepoints", "peers"):
        assert f"<!-- {name} -->\n| " in text or f"<!-- {name} -->\n**" in text


def test_every_row_has_a_cell_for_every_site() -> None:
    plan = make_plan(SITES["10,000"], Figures())

    for text in (plans_table({"one": plan, "two": plan}), chokepoints_table(plan), table(["a", "b"], [["1", "2"]])):
        rows = text.splitlines()
        assert len(rows) > 2 and {row.count("|") for row in rows} == {rows[0].count("|")}


def test_peers_are_those_that_were_measured_side_by_side(tmp_path: Path) -> None:
    found = tmp_path / "found.json"
    values = {"fan_out_ms": 80.0, "bytes_per_reader": 5_000.0, "connects_per_core": 2_000.0}
    found.write_text(json.dumps({"ws": values, "Nchan": {}}))

    (peer,) = read_peers(found)

    assert (peer.name, peer.send_us, peer.subscriber_bytes, peer.upgrade_us) == ("ws", 8.0, 5_000.0, 500.0)
    assert read_peers(tmp_path / "absent.json") == ()


def test_every_program_has_a_line() -> None:
    text = peers_table(SITES["10,000"], Figures(), PEERS)

    assert PEERS[0].origin in text.splitlines()[-1]
    assert [line.split(" | ")[0] for line in text.splitlines()[2:-2]] == [f"| {one.name}" for one in PEERS]
