"""Claps and flask-sock side by side, with few readers: both need no more than the tests have."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks import side_by_side
from benchmarks.beside import claps, readers
from benchmarks.beside.contenders import open_contender
from benchmarks.programs import Missing
from tests.parts.mariadb_server import MariadbServer

BINARIES = Path(sys.executable).parent
BOTH = ("Claps", "flask-sock")
READERS = 48


@pytest.fixture
def room(parts_folder: Path, request: pytest.FixtureRequest) -> Path:
    """A folder that goes with all parts."""
    folder = parts_folder / request.node.name
    folder.mkdir()
    return folder


def test_both_are_told_an_update_and_measured(room: Path) -> None:
    found = readers.measure(room, (BOTH,), readers=READERS, rounds=2, binaries=BINARIES)

    for name in BOTH:
        assert found[name]["fan_out_ms"] > 0 and found[name]["connects_per_second"] > 0, name
        assert found[name]["frame_bytes"] > 100, name
    assert found["Claps"]["to_flask-sock"] > 0


def test_a_peer_counts_in_sql_what_it_acknowledges(room: Path, mariadb: MariadbServer) -> None:
    found = claps.measure(
        room, ("flask-sock",), rates=(20,), watchers=READERS, clappers=10, seconds=1, mariadb=mariadb,
        binaries=BINARIES,
    )

    values = found["flask-sock"]
    assert values["20_acked_per_second"] > 15 and not values["20_lost"], values
    assert values["20_sql_is_right"], values
    assert 0 < values["20_sight_p50_ms"] <= values["20_sight_p99_ms"], values


def test_a_peer_that_is_not_installed_is_named(room: Path) -> None:
    with pytest.raises(Missing, match="gunicorn is not installed"):
        with open_contender("flask-sock", room, binaries=room):
            pass


def test_a_part_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert side_by_side.main(["nothing"]) == 2
    assert "readers, polls, claps" in capsys.readouterr().out
