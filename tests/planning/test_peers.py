"""What others would need."""

from __future__ import annotations

import pytest

from claps.planning.figures import Figures
from claps.planning.needs import find_needs
from claps.planning.peers import PEERS, Peer, compare, find_live_part, sends_of_each
from claps.planning.prices import HETZNER
from tests.planning.sites import make_load

FIGURES = Figures()


def test_told_as_it_comes_every_clap_goes_to_everybody() -> None:
    load = make_load(1_000, 400, 100.0, posts=60, page_views_per_second=0.0)

    assert sends_of_each(load) == 50 * 400 + 50 * 10


def test_cores_are_what_sending_and_taking_in_cost() -> None:
    load = make_load(1_000, 0, page_views_per_second=700.0)
    peer = Peer("x", send_us=7.0, subscriber_bytes=1_000.0, upgrade_us=1_000.0)

    part = find_live_part(peer, load, FIGURES, sends=200_000.0, prices=HETZNER)

    assert part.cores == pytest.approx(3.0)
    assert part.memory_bytes == 1_000 * (1_000 + FIGURES.kernel_bytes)


def test_memory_may_decide_how_many_machines_there_are() -> None:
    load = make_load(1_000_000, 0)
    slim, stout = (Peer("x", 1.0, size, 0.0) for size in (1_000.0, 100_000.0))

    nodes = [find_live_part(peer, load, FIGURES, sends=1.0, prices=HETZNER).nodes for peer in (slim, stout)]

    assert nodes == [1, 4]


def test_claps_is_always_paced_and_the_others_both_ways() -> None:
    load = make_load()

    rows = compare(load, FIGURES, find_needs(load, FIGURES), peers=PEERS, prices=HETZNER)

    assert [each.name for each, _ in rows] == [peer.name for peer in PEERS]
    assert rows[0][0] == rows[0][1]
    assert all(each.cores > 20 * paced.cores for each, paced in rows[1:])
