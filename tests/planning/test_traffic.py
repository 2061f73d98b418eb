"""What a load makes workers do."""

from __future__ import annotations

import pytest

from claps.planning.figures import Figures
from claps.planning.traffic import changes_of_hot, comment_sends, flow, mean_send_us, paced, spread
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
