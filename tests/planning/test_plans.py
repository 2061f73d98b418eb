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


def test_tables_that_are_heard_of_everywhere_are_said_to_be_until_proxies_choose_by_channel() -> None:
    load = make_load(0, 0, 0.0, tables=1_000_000, watched_tables=1_000_000, changes_per_second=15_000.0)

    chance, together = (make_plan(replace(load, by_topic=by_topic), Figures()) for by_topic in (False, True))

    assert any("choose the machine by the channel" in told for told in chance.beyond)
    assert not any("by the channel" in told for told in together.beyond)
    assert together.needs.redis_servers == 1 < chance.needs.redis_servers


def test_an_empty_site_has_a_plan_too() -> None:
    load = replace(make_load(0, 0, 0.0), posts=1)

    plan = make_plan(load, Figures())

    assert (plan.needs.workers, plan.sights.pairs, plan.beyond) == (1, 0, ())
