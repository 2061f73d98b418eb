"""Histograms of many processes, added up."""

from __future__ import annotations

import pytest

from benchmarks.hundred.sightings import HOT, OTHERS, Sightings


def test_two_processes_are_added_up() -> None:
    seen = Sightings(["0 7 10 1", "0 7 longest 10", "0 7 20 1", "0 7 longest 21"])

    assert seen.times(HOT, [7]).count == 2
    assert seen.times(HOT, [7]).max_ms == pytest.approx(0.021)


def test_half_of_them_is_the_middle() -> None:
    seen = Sightings(["0 7 10 98", "0 8 31 2", "0 8 longest 31"])

    assert seen.times(HOT, [7, 8]).p50_ms == pytest.approx(0.010)
    assert seen.times(HOT, [7, 8]).p99_ms == pytest.approx(0.031)


def test_what_is_told_is_never_less_than_what_was() -> None:
    # 1,000 µs lie between 992 and 1,008: the last step but one of the fifth doubling (sights.h).
    seen = Sightings([f"0 7 {5 * 32 + 30} 1", "0 7 longest 1000"])

    assert seen.times(HOT, [7]).p50_ms == pytest.approx(1.008)


def test_classes_and_seconds_are_kept_apart() -> None:
    seen = Sightings(["0 7 10 1", "1 7 11 1", "0 8 12 1"])

    assert seen.times(HOT, [7]).count == 1
    assert seen.times(OTHERS, [7]).count == 1
    assert seen.times(OTHERS, [8]).count == 0
