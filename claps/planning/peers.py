"""What others would need for the live part of a load: holding readers, telling them, taking them in."""

from __future__ import annotations

import math
from dataclasses import dataclass

from claps.planning.figures import Figures
from claps.planning.loads import Load
from claps.planning.money import MEMORY_USABLE, NODE_BYTES_PER_SECOND
from claps.planning.needs import BUSY, Needs
from claps.planning.network import FRAME_BYTES, MONTH_DAYS, PACKET_BYTES, TLS_BYTES
from claps.planning.prices import PriceList, Size

PROTOTYPE = "an early measurement on one core of the reference machine; memory and python-socketio were left out"


@dataclass(frozen=True, slots=True)
class Peer:
    """What a program costs for each reader; None is what was not measured."""

    name: str
    send_us: float
    subscriber_bytes: float | None
    upgrade_us: float | None
    origin: str = PROTOTYPE


@dataclass(frozen=True, slots=True)
class LivePart:
    """Cores, memory and machines for connections and sends alone: no pages, and nothing that counts claps."""

    name: str
    sends: float
    cores: float
    memory_bytes: float | None
    nodes: int
    size: str
    month: float


PEERS = (
    Peer("Nchan", 7.2, None, 111.0),
    Peer("ws", 8.2, None, 182.0),
    Peer("Socket.IO", 13.2, None, 476.0),
    Peer("flask-sock", 19.0, 41.3 * 1024, 800.0),
)


def claps_as_peer(figures: Figures) -> Peer:
    """This project in the same words."""
    return Peer("Claps", figures.send_us, figures.reader_bytes, figures.upgrade_us, figures.origin("send_us"))


def sends_of_each(load: Load) -> float:
    """How many sends a second there are when every clap is told to everybody who watches, as it comes."""
    hot = load.claps_per_second * load.hot_claps
    others = load.claps_per_second - hot
    of_others = others * load.others / load.watched_posts if load.watched_posts else 0.0
    return hot * load.hot + of_others + load.changes_per_second * load.subscribers_per_table


def find_live_part(peer: Peer, load: Load, figures: Figures, *, sends: float, prices: PriceList) -> LivePart:
    """Reckon what a peer needs for so many sends a second: one machine of a list, or many of its largest."""
    spent_us = sends * peer.send_us + load.page_views_per_second * (peer.upgrade_us or 0.0)
    cores = spent_us / 1e6 / BUSY
    memory = None
    if peer.subscriber_bytes is not None:
        memory = load.connections * (peer.subscriber_bytes + figures.kernel_bytes)
    out = sends * (FRAME_BYTES + PACKET_BYTES + TLS_BYTES)
    counts = [(size, _count(size, cores=cores, memory_bytes=memory or 0.0, out_bytes=out)) for size in prices.sizes]
    size, nodes = next((one for one in counts if one[1] == 1), counts[-1])
    traffic = prices.traffic_cost(out * load.busy_hours * 3600 * MONTH_DAYS, machines=nodes)
    return LivePart(peer.name, sends, cores, memory, nodes, size.name, prices.in_eur(nodes * size.month + traffic))


def _count(size: Size, *, cores: float, memory_bytes: float, out_bytes: float) -> int:
    return max(
        1, math.ceil(cores / size.cores), math.ceil(memory_bytes / (size.memory_bytes * MEMORY_USABLE)),
        math.ceil(out_bytes / (NODE_BYTES_PER_SECOND * BUSY)),
    )


def compare(
    load: Load, figures: Figures, needs: Needs, *, peers: tuple[Peer, ...], prices: PriceList
) -> list[tuple[LivePart, LivePart]]:
    """By program: with every change told as it comes, and with Claps's pacing; Claps itself is always paced."""
    paced, each = needs.traffic.sends, sends_of_each(load)
    ours = find_live_part(claps_as_peer(figures), load, figures, sends=paced, prices=prices)
    rows = [(ours, ours)]
    for peer in peers:
        rows.append((
            find_live_part(peer, load, figures, sends=each, prices=prices),
            find_live_part(peer, load, figures, sends=paced, prices=prices),
        ))
    return rows
