"""What gives way first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from claps.planning.chokepoints import Chokepoint, find_chokepoints
from claps.planning.figures import Figures
from claps.planning.loads import Load
from claps.planning.needs import find_needs
from tests.planning.sites import make_load


def find(load: Load, **figures: float) -> dict[str, Chokepoint]:
    """All of them by their name's first word."""
    measured = replace(Figures(), **figures)  # type: ignore[arg-type]
    return {one.name.split(",")[0]: one for one in find_chokepoints(load, measured, find_needs(load, measured))}


def test_they_come_in_the_order_in_which_they_are_full() -> None:
    load = make_load()

    found = find_chokepoints(load, Figures(), find_needs(load, Figures()))

    assert [one.factor for one in found] == sorted(one.factor for one in found)
    assert {one.by_adding for one in found} == {True, False}


def test_files_are_full_when_every_worker_has_as_many_as_it_may() -> None:
    files = find(make_load(100_000))["open files of the workers"]

    assert files.factor == pytest.approx(6 * (20_000 - 256) / 100_000, rel=0.01)
    assert files.at_text.endswith(" connections")


def test_one_sql_server_is_full_at_the_rate_at_which_it_was_measured() -> None:
    load = make_load(claps=100.0, comments_per_second=0.0)

    assert find(load, sql_rows=20_000)["one SQL server"].factor == pytest.approx(200, rel=0.01)


def test_processors_are_full_beyond_the_room_that_was_left() -> None:
    processors = find(make_load(100, 0, claps=20_000.0))["processors of the workers"]

    assert processors.factor == pytest.approx(1 / 0.7, rel=0.05)


def test_what_is_past_already_has_a_factor_below_one() -> None:
    found = find(make_load(claps=100_000.0), sql_rows=10_000)["one SQL server"]

    assert found.factor == pytest.approx(0.1, rel=0.01)
    assert found.at_text.startswith("10,0") and " 10,0" in found.at_text


def test_what_is_never_full_is_not_told() -> None:
    assert "one SQL server" not in find(make_load(claps=0.0, comments_per_second=0.0))


def test_what_machines_do_not_cure_is_looked_at_with_as_many_as_are_needed_then() -> None:
    million, ten = (make_load(readers, 1_000, readers / 100, posts=readers // 10) for readers in (10**6, 10**7))

    loads = [find(load)["Redis in all 16 shards"].factor * load.readers for load in (million, ten)]

    assert loads[0] == pytest.approx(loads[1], rel=0.3)
