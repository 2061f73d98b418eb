"""What goes over the network."""

from __future__ import annotations

import pytest

from claps.planning.figures import Figures
from claps.planning.network import count_network
from claps.planning.traffic import flow
from tests.planning.sites import make_load


def test_a_send_is_its_frame_with_everything_around_it_and_comes_back_as_an_acknowledgement() -> None:
    quiet = {"page_views_per_second": 0.0, "comments_per_second": 0.0, "long_poll": 0.0}
    still, moving = (make_load(1_000, 1_000, claps, hot_claps=1.0, **quiet) for claps in (0.0, 1e6))

    before, after = (
        count_network(load, flow(load, Figures(), workers=1, lanes=1), comment_sends=0.0) for load in (still, moving)
    )

    sends, claps = 10_000, 1e6
    assert after.out_bytes - before.out_bytes == pytest.approx(sends * 141 + claps * 474, rel=1e-4)
    assert after.in_bytes - before.in_bytes == pytest.approx(sends * 52 + claps * 774, rel=1e-4)


def test_a_month_has_its_busy_hours() -> None:
    load = make_load(busy_hours=1.0)

    network = count_network(load, flow(load, Figures(), workers=1, lanes=1), comment_sends=0.0)

    assert network.month_out_bytes == pytest.approx(network.out_bytes * 3_600 * 30.4)
