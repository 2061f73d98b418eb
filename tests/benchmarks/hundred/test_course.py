"""A whole run, with a few hundred readers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.hundred.course import Told, run
from benchmarks.hundred.plans import PLANS, check_machine
from benchmarks.hundred.reports import figures_of, write
from benchmarks.hundred.sightings import HOT, OTHERS, PAGES

SMALL = dataclasses.replace(
    PLANS["100k"], readers=300, workers=2, audiences=2, posts=20, hot_claps=60, other_claps=60, seconds=3,
    cut_delay_seconds=1,
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    check_machine(SMALL)
    yield run(tmp_path_factory.mktemp("hundred"), SMALL, say=print)


def test_everybody_is_connected(told: Told) -> None:
    assert told.opened == 300
    assert told.after is not None and told.after.open == 300 and told.after.lost == 0


def test_everybody_has_seen_the_last_version(told: Told) -> None:
    assert told.after is not None and told.after.exact == 300


def test_every_acknowledged_clap_is_in_redis_and_in_sql(told: Told) -> None:
    assert told.after is not None and told.after.acked > 200
    assert told.in_sql == (told.in_redis, told.in_redis)
    assert 0 <= told.in_redis - told.after.acked <= told.after.unknown


def test_claps_were_seen_and_pages_answered(told: Told) -> None:
    assert told.sightings is not None
    assert all(told.sightings.times(kind, told.clap_seconds).count for kind in (HOT, OTHERS, PAGES))
    assert told.after is not None and told.after.wrong_visits == 0


def test_everybody_comes_back_and_sees_what_happened_meanwhile(told: Told) -> None:
    assert told.cut_times == 300
    assert told.returned is not None and told.returned.right == 300


def test_figures_and_plots_are_written(told: Told, tmp_path: Path) -> None:
    figures = figures_of(told)

    written = write(told, figures, seconds=1, folder=tmp_path)

    assert {path.suffix for path in written} == {".json", ".svg"}
    assert all(path.stat().st_size > 100 for path in written)
    assert any(figure.what.startswith("clap to sight, the hot post") for figure in figures)
