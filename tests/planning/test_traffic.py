"""What a load makes workers do."""

from __future__ import annotations

from typing import Any

import pytest

from claps.plain.limits import TABLE_CHANNELS
from claps.planning.figures import Figures
from claps.planning.loads import Load
from claps.planning.traffic import (
    RELAY_SHARE,
    changes_of_hot,
    comment_sends,
    flow,
    heard_of_tables,
    mean_send_us,
    paced,
    spread,
    table_channels,
)
from tests.planning.sites import make_load

FIGURES = Figures(send_us=10, poll_us=20)


def test_claps_do_not_make_more_updates_than_ticks() -> None:
    assert paced(1, 0.1) == pytest.approx(1 / 1.1)
    assert paced(1_000_000, 0.1) == pytest.approx(10, rel=1e-4)


def test_a_fan_out_never_has_more_than_a_quarter_of_its_worker() -> None:
    few, many = (flow(make_load(hot, hot, long_poll=0.0), FIGURES, workers=1, lanes=1) for hot in (1_000, 100_000))

    assert (few.hot_seconds, few.tick_seconds) == pytest.approx((0.01, 0.1))
    assert (many.hot_seconds, many.tick_seconds) == pytest.approx((1.0, 4.0))


def test_workers_that_run_together_share_a_fan_out() -> None:
    traffic = flow(make_load(100_000, 100_000, long_poll=0.0), FIGURES, workers=10, lanes=5)

    assert traffic.hot_seconds == pytest.approx(0.2)


def test_readers_are_spread_over_workers_by_chance() -> None:
    assert spread(1, 50) == 1
    assert spread(7, 1) == 1
    assert spread(2, 2) == pytest.approx(1.5)
    assert spread(1_000, 4) == pytest.approx(4)


def test_every_worker_hears_each_publication_of_the_hot_post_but_no_more_than_calls_are_made() -> None:
    load = make_load(100, 100, claps=50_000, hot_claps=1.0, page_views_per_second=0.0, comments_per_second=0.0)

    traffic = flow(load, Figures(commit_ms=1.0), workers=4, lanes=1)

    assert traffic.hot_published == 4 * 500
    assert traffic.heard == 4 * traffic.hot_published


def test_small_topics_are_heard_of_on_one_machine_when_proxies_choose_it_by_topic() -> None:
    anywhere, together = (
        flow(make_load(200_000, 0, posts=2_000, by_topic=by_topic), FIGURES, workers=100, lanes=50)
        for by_topic in (False, True)
    )

    assert anywhere.heard / together.heard == pytest.approx(spread(100, 100) / spread(100, 8), rel=0.01)
    assert anywhere.sends == together.sends


def test_long_polls_are_mixed_in_by_their_share() -> None:
    assert mean_send_us(make_load(long_poll=0.25), FIGURES) == pytest.approx(12.5)


def test_comments_go_where_the_readers_are() -> None:
    load = make_load(1_000, 500, posts=50, comments_per_second=2.0)

    assert comment_sends(load) == 500 + 10


def test_nobody_is_told_anything_when_nobody_reads() -> None:
    load = make_load(0, 0, claps=0.0)

    traffic = flow(load, FIGURES, workers=1, lanes=1)

    assert (traffic.sends, traffic.heard, changes_of_hot(load), comment_sends(load)) == (0, 0, 0, 0)


def make_tables(**more: Any) -> Load:
    """A million watched tables with a hundred subscribers each, changed 10,000 times a second."""
    usual = {"tables": 1_000_000, "watched_tables": 1_000_000, "changes_per_second": 10_000.0}
    return make_load(0, 0, claps=0.0, **{**usual, **more})


def test_a_worker_listens_on_no_more_channels_of_tables_than_there_are() -> None:
    assert table_channels(make_tables(), 1) == TABLE_CHANNELS
    assert table_channels(make_tables(), 5_000) == pytest.approx(TABLE_CHANNELS)
    assert table_channels(make_tables(by_topic=True), 4_096) == 2.0
    assert table_channels(make_load(), 10) == 0.0


def test_workers_hear_of_tables_that_share_a_channel_with_theirs_up_to_a_share_of_their_core() -> None:
    quick = Figures(heard_us=1.0)

    traffic = flow(make_tables(), quick, workers=5_000, lanes=100)
    bounded = flow(make_tables(), Figures(heard_us=100.0), workers=5_000, lanes=100)
    together = flow(make_tables(by_topic=True), quick, workers=5_000, lanes=100)

    assert traffic.heard == pytest.approx(10_000 * 5_000)
    assert traffic.overheard == pytest.approx(10_000 * (5_000 - spread(100, 5_000)))
    assert bounded.overheard == 5_000 * RELAY_SHARE * 1e6 / 100
    assert together.heard == pytest.approx(10_000 * 8, rel=0.3)
    assert heard_of_tables(make_tables(by_topic=True), 10_000) == 10_000 * 8
