"""What a plan needs of a machine."""

from __future__ import annotations

import dataclasses

import pytest

from benchmarks.hundred.plans import PLANS, check_machine
from benchmarks.programs import Missing


def test_every_reader_is_in_some_process() -> None:
    for plan in PLANS.values():
        assert sum(plan.readers_each) == plan.readers
        assert max(plan.readers_each) - min(plan.readers_each) <= 1


def test_a_tenth_reads_the_hot_post() -> None:
    assert PLANS["100k"].hot_readers == 10_000
    assert PLANS["one-post"].hot_readers == 100_000
    assert PLANS["million"].hot_readers == 10_000


def test_a_machine_that_is_too_small_hears_what_it_lacks() -> None:
    plan = dataclasses.replace(PLANS["million"], readers=10**9)

    with pytest.raises(Missing, match="memory: .* GiB are needed"):
        check_machine(plan)
