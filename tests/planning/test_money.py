"""Which machines, and what they cost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from claps.planning.figures import Figures
from claps.planning.money import hosted_bill, make_bill
from claps.planning.needs import find_needs
from claps.planning.prices import ABLY, HETZNER, USD_PER_EUR
from tests.planning.sites import make_load

FIGURES = Figures(http_clap_us=500)


def test_the_smallest_machine_that_holds_everything_is_taken() -> None:
    loads = [make_load(1_000, 100, claps) for claps in (10, 4_000)]

    bills = [make_bill(find_needs(load, FIGURES), HETZNER) for load in loads]

    assert [(bill.size, bill.nodes) for bill in bills] == [("CCX13", 1), ("CCX23", 1)]
    assert bills[0].machines == 42.99


def test_what_no_machine_holds_is_spread_with_redis_and_sql_on_their_own() -> None:
    bill = make_bill(find_needs(make_load(400_000, 10_000, 1_000, posts=100_000), FIGURES), HETZNER)

    assert bill.size == "CCX33"
    assert (bill.app_nodes > 1, bill.redis_nodes, bill.sql_nodes) == (True, 1, 1)
    assert bill.total == bill.machines + bill.disk + bill.traffic


def test_a_replica_is_on_another_machine() -> None:
    load = make_load(1_000, 10, 10)

    one, two = (make_bill(find_needs(replace(load, ack=ack), FIGURES), HETZNER) for ack in ("disk", "replica"))

    assert (one.nodes, one.redis_nodes) == (1, 0)
    assert (two.nodes, two.redis_nodes) == (4, 2)


def test_hosted_messages_are_paid_one_by_one() -> None:
    load = make_load(1_000, 1_000, 0.0, page_views_per_second=0.0, comments_per_second=0.0)
    needs = find_needs(load, FIGURES)

    bill = hosted_bill(needs, ABLY, connections=1_000, channels=1, busy_hours=1.0)

    minutes = 60 * 30.4
    assert bill * USD_PER_EUR == pytest.approx(399 + 1_001 * minutes / 1e6)
