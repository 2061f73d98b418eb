"""Whole plans."""

from __future__ import annotations

import json
from dataclasses import replace

from claps.planning.figures import Figures
from claps.planning.plans import make_plan
from tests.planning.sites import make_load


def test_a_plan_can_be_told_to_programs() -> None:
    told = json.loads(json.dumps(make_plan(make_load(), Figures(origins={"send_us": "here"})).as_dict()))

    assert told["needs"]["workers"] == 6
    assert told["load"]["connections"] == 100_000
    assert told["figures"]["send_us"] == {"value": 7.4, "unit": "µs", "origin": "here"}
    assert {bill["currency"] for bill in told["bills"]} == {"EUR", "USD"}
    assert told["chokepoints"] and not told["beyond"]


def test_what_this_version_cannot_do_is_said() -> None:
    load = make_load(10_000_000, 1_000_000, 2_000_000.0)

    beyond = " ".join(make_plan(load, Figures()).beyond)

    for word in ("hear of the hot post", "one Redis", "16 shards", "one database"):
        assert word in beyond


def test_an_empty_site_has_a_plan_too() -> None:
    load = replace(make_load(0, 0, 0.0), posts=1)

    plan = make_plan(load, Figures())

    assert (plan.needs.workers, plan.sights.pairs, plan.beyond) == (1, 0, ())
