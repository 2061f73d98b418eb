"""From clap to sight."""

from __future__ import annotations

import time
from collections import Counter

from claps.crowd.sightings import EVERY_WIRE, WatchedPost, measure, rank


def test_a_clap_is_seen_when_a_count_that_includes_it_shows() -> None:
    post = WatchedPost(1)
    now = time.monotonic()
    post.acknowledge(11, now - 0.2)
    post.acknowledge(12, now - 0.1)

    post.step(10, 11, wire="WebSocket")
    early = post.latencies()["WebSocket"]

    assert early.total() == 1
    assert 200 <= min(early) <= 250


def test_a_count_that_jumps_shows_all_claps_between() -> None:
    post = WatchedPost(1)
    for count in (11, 12, 13):
        post.acknowledge(count, time.monotonic())

    post.step(10, 12, wire="WebSocket")
    post.step(12, 20, wire="WebSocket")

    assert post.latencies()["WebSocket"].total() == 3


def test_claps_that_were_not_shown_are_counted() -> None:
    post = WatchedPost(1)
    for count in (11, 12, 13):
        post.acknowledge(count, time.monotonic())

    assert post.unseen_by([10, 12, 13, 14]) == 3 + 1


def test_wires_are_measured_apart_and_together() -> None:
    post = WatchedPost(1)
    post.acknowledge(1, time.monotonic())
    post.step(0, 1, wire="WebSocket")
    post.step(0, 1, wire="long-poll")

    sights = measure([post])

    assert {wire: part.pairs for wire, part in sights.items()} == {EVERY_WIRE: 2, "WebSocket": 1, "long-poll": 1}


def test_percentiles_are_of_pairs_not_of_milliseconds() -> None:
    sights = rank(Counter({5: 94, 80: 4, 900: 2}))

    assert (sights.pairs, sights.p50, sights.p95, sights.p99, sights.most) == (100, 5, 80, 900, 900)


def test_nothing_seen_has_no_percentiles() -> None:
    assert rank(Counter()).pairs == 0
