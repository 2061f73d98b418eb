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

SITTING = "`make bench-peers` on the reference machine, 21 November 2026"


@dataclass(frozen=True, slots=True)
class Peer:
    """What a program costs for each reader, on one core."""

    name: str
    send_us: float
    subscriber_bytes: float
    upgrade_us: float
    origin: str = SITTING


@dataclass(frozen=True, slots=True)
class LivePart:
    """Cores, memory and machines for connections and sends alone: no pages, and nothing that counts claps."""

    name: str
    sends: float
    cores: float
    memory_bytes: float
    nodes: int
    size: str
    month: float


# Claps among them, so that what is compared was measured in one sitting.
PEERS = (
    Peer("Claps", 7.7, 462, 452),
    Peer("Nchan", 11.6, 10_398, 14.4),
    Peer("ws", 12.8, 6_039, 72.6),
    Peer("Socket.IO", 19.5, 13_498, 199),
    Peer("python-socketio", 156, 43_248, 892),
    Peer("flask-sock", 15.7, 40_156, 543),
)


def sends_of_each(load: Load) -> float:
    """How many sends a second there are when every clap is told to everybody who watches, as it comes."""
    hot = load.claps_per_second * load.hot_claps
    others = load.claps_per_second - hot
    of_others = others * load.others / load.watched_posts if load.watched_posts else 0.0
    return hot * load.hot + of_others + load.changes_per_second * load.subscribers_per_table


def find_live_part(peer: Peer, load: Load, figures: Figures, *, sends: float, prices: PriceList) -> LivePart:
    """Reckon what a peer needs for so many sends a second: one machine of a list, or many of its largest."""
    spent_us = sends * peer.send_us + load.page_views_per_second * peer.upgrade_us
    cores = spent_us / 1e6 / BUSY
    memory = load.connections * (peer.subscriber_bytes + figures.kernel_bytes)
    out = sends * (FRAME_BYTES + PACKET_BYTES + TLS_BYTES)
    counts = [(size, _count(size, cores=cores, memory_bytes=memory, out_bytes=out)) for size in prices.sizes]
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
    """By program: with every clap told as it comes, and with the pacing of Claps; Claps itself is always paced."""
    paced, each = needs.traffic.sends, sends_of_each(load)
    rows = []
    for peer in peers:
        sends = paced if peer.name == "Claps" else each
        rows.append((
            find_live_part(peer, load, figures, sends=sends, prices=prices),
            find_live_part(peer, load, figures, sends=paced, prices=prices),
        ))
    return rows
