"""Reading what was measured."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path

import pytest

from claps.plain.errors import Invalid
from claps.planning.figures import REFERENCE, Figures
from claps.planning.reading import read_figures

HERE = {"cores": os.cpu_count(), "kernel": platform.release(), "python": platform.python_version()}


def write(folder: Path, name: str, figures: dict[str, float], machine: dict[str, object] | None = None) -> None:
    """Write a result as a benchmark does."""
    told = [{"what": what, "value": value, "unit": "ms"} for what, value in figures.items()]
    text = json.dumps({"at": "2026-11-21T06:22:01+00:00", "machine": machine or HERE, "figures": told})
    (folder / f"{name}.json").write_text(text)


def test_an_empty_folder_leaves_the_reference_figures(tmp_path: Path) -> None:
    figures = read_figures(tmp_path)

    assert figures == Figures()
    assert figures.origin("send_us") == REFERENCE


def test_what_was_measured_here_counts_and_says_so(tmp_path: Path) -> None:
    write(tmp_path, "fan_out", {"JSON: Claps, 131 bytes, median": 68.0, "HTML: Claps, 67 bytes, median": 50.0})
    write(tmp_path, "upgrades", {"upgrades, 1,000 at a time": 4_000.0})

    figures = read_figures(tmp_path)

    assert (figures.send_us, figures.upgrade_us) == (5.0, 250.0)
    assert figures.origin("send_us") == "fan_out, this machine, 2026-11-21"
    assert figures.origin("poll_us") == REFERENCE


def test_upgrades_count_by_the_core_and_not_by_the_clock(tmp_path: Path) -> None:
    figures = {"by the clock": 1_000.0, "per core": 2_000.0}
    write(tmp_path, "upgrades", {f"upgrades, 1,000 at a time, {name}": value for name, value in figures.items()})

    assert read_figures(tmp_path).upgrade_us == 500.0


def test_what_was_measured_elsewhere_says_where(tmp_path: Path) -> None:
    machine = {"cores": 64, "kernel": "x", "python": "3.13.1"}
    write(tmp_path, "flush", {"MariaDB: claps of a rush flushed": 9.0}, machine)

    figures = read_figures(tmp_path)

    assert figures.sql_rows == 9.0
    assert figures.origin("sql_rows") == "flush, another machine (64 cores, Python 3.13.1), 2026-11-21"


def test_the_sends_of_a_small_topic_are_not_counted_twice(tmp_path: Path) -> None:
    write(tmp_path, "fan_out", {"HTML: Claps, 67 bytes, median": 100.0})
    write(tmp_path, "parked", {"an update of a post with 4 readers: processor time": 150.0})

    assert read_figures(tmp_path).update_us == 110.0


def test_a_figure_of_nothing_is_not_taken(tmp_path: Path) -> None:
    write(tmp_path, "upgrades", {"upgrades, 1,000 at a time": 0.0})

    assert read_figures(tmp_path) == Figures()


@pytest.mark.parametrize("text", ["", "[]", '{"figures": [{"what": "x"}]}', '{"figures": [], "at": "2026"}'])
def test_a_file_that_is_something_else_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "fan_out.json").write_text(text)

    with pytest.raises(Invalid, match=r"fan_out\.json is not what a benchmark writes"):
        read_figures(tmp_path)
