"""Public price lists."""

from __future__ import annotations

from datetime import date

import pytest

from claps.planning.prices import ABLY, AWS, HETZNER, LISTS, TB, USD_PER_EUR


def test_every_list_says_when_and_where_it_stood() -> None:
    for prices in LISTS:
        assert date(2026, 1, 1) < date.fromisoformat(prices.date) and prices.page.startswith("https://")
        assert list(prices.sizes) == sorted(prices.sizes, key=lambda size: size.month)
    assert ABLY.page.startswith("https://")


def test_traffic_is_priced_in_steps() -> None:
    first, all_four = AWS.traffic_cost(5.1 * TB, machines=3), AWS.traffic_cost(200.1 * TB, machines=3)

    assert first == pytest.approx(5 * 90)
    assert all_four == pytest.approx(10 * 90 + 40 * 85 + 100 * 70 + 50 * 50)


def test_each_machine_may_send_some_for_nothing() -> None:
    assert HETZNER.traffic_cost(45 * TB, machines=2) == pytest.approx(5)
    assert HETZNER.traffic_cost(45 * TB, machines=3) == 0


def test_amounts_are_compared_in_euros() -> None:
    assert (HETZNER.in_eur(10), AWS.in_eur(USD_PER_EUR)) == (10, 1)
