"""A simulated minute, beside what was measured."""

from __future__ import annotations

from dataclasses import replace

import pytest

from claps.planning.figures import Figures
from claps.planning.loads import Load
from claps.planning.minute import Minute, Sights
from claps.planning.needs import find_needs
from tests.planning.sites import make_load

FIGURES = Figures()
# `claps simulate` with two workers and nobody else on the machine: p50, p95 and p99 in milliseconds.
MEASURED_SIGHTS = {
    "9 posts": (55, 101, 107),  # 5,000 readers, 10 % by long-poll, 300 claps a second, half of them requests
    "one post": (55, 100, 105),  # 1,000 readers, 100 claps a second up WebSockets
}
# `make bench BENCH=flat`: updates told a second at so many claps a second, 200 readers, one worker.
MEASURED_UPDATES = {10: 9.99, 100: 10.02, 1_000: 10.00, 10_000: 9.96}


def simulate(readers: int, claps: float, *, figures: Figures = FIGURES, seed: int = 1, **more: float) -> Sights:
    """A minute in which everybody reads one post."""
    quiet = {"page_views_per_second": 0.0, "comments_per_second": 0.0, "hot_claps": 1.0}
    load = make_load(readers, readers, claps, **{**quiet, **more})
    return Minute(load, figures, find_needs(load, figures), seed=seed).run()


@pytest.mark.parametrize("claps", [100, 1_000, 10_000])
def test_it_tells_as_many_updates_as_were_measured(claps: int) -> None:
    told = simulate(200, claps, socket_claps=1.0)

    assert told.updates_per_second == pytest.approx(MEASURED_UPDATES[claps], rel=0.12)


@pytest.mark.parametrize(
    ("name", "load"),
    [
        ("9 posts", Load(5_000, 556, 300, posts=8, hot_claps=1 / 9, socket_claps=0.5)),
        ("one post", Load(1_000, 1_000, 100, hot_claps=1.0, socket_claps=1.0, long_poll=0.0)),
    ],
)
def test_readers_see_claps_as_soon_as_was_measured(name: str, load: Load) -> None:
    sights = Minute(load, FIGURES, find_needs(load, FIGURES)).run()

    assert (sights.p50_ms, sights.p95_ms, sights.p99_ms) == pytest.approx(MEASURED_SIGHTS[name], rel=0.1)


def test_the_same_seed_gives_the_same_minute() -> None:
    assert simulate(1_000, 100) == simulate(1_000, 100)
    assert simulate(1_000, 100, seed=2) != simulate(1_000, 100)


def test_half_are_seen_within_a_tick_and_all_within_two() -> None:
    sights = simulate(1_000, 500, figures=replace(FIGURES, commit_slow_ms=0.5))

    assert 30 < sights.p50_ms < 100 < sights.p95_ms < sights.p99_ms < 200
    assert sights.max_ms < 300


def test_a_lone_clap_does_not_wait_for_a_tick() -> None:
    assert simulate(10, 0.5).p50_ms < 20


def test_the_tick_grows_with_the_readers_of_one_worker() -> None:
    few, many = simulate(1_000, 100, files_per_worker=10**6), simulate(200_000, 100, files_per_worker=10**6)

    assert few.tick_ms == pytest.approx(100, abs=1)
    assert many.tick_ms > 1_000
    assert many.p99_ms > many.tick_ms


def test_a_slow_disk_is_seen_in_the_slowest() -> None:
    quick, slow = (simulate(1_000, 100, figures=replace(FIGURES, commit_slow_ms=ms)) for ms in (0.5, 100))

    assert slow.p99_ms > quick.p99_ms


def test_nothing_is_seen_where_nobody_claps() -> None:
    assert simulate(10, 0).pairs == 0
