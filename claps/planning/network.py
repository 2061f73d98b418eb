"""What goes over the network, as it is billed: with TCP, IP and TLS around it."""

from __future__ import annotations

from dataclasses import dataclass

from claps.plain.limits import PING_SECONDS
from claps.planning.loads import Load
from claps.planning.traffic import Traffic

# IPv4 20, TCP 20, timestamps 12; a TLS 1.3 record 22.
PACKET_BYTES = 52
TLS_BYTES = 22
FRAME_BYTES = 67
POLL_ANSWER_BYTES, POLL_REQUEST_BYTES = 700, 500
# An article with everything that it loads, for somebody who comes for the first time.
PAGE_BYTES, PAGE_REQUESTS, REQUEST_BYTES = 25_000, 6, 600
CLAP_ANSWER_BYTES, CLAP_REQUEST_BYTES = 400, 700
HANDSHAKE_BYTES = 4_500
COMMENT_BYTES = 600
PING_BYTES = 6
MONTH_DAYS = 30.4


@dataclass(frozen=True, slots=True)
class Network:
    """Bytes a second in the busiest moment, and what leaves in a month."""

    out_bytes: float
    in_bytes: float
    month_out_bytes: float


def count_network(load: Load, traffic: Traffic, *, comment_sends: float) -> Network:
    """Add up what goes to readers and comes from them; what stays between our machines is not billed."""
    around = PACKET_BYTES + TLS_BYTES
    state_sends = traffic.sends - comment_sends
    polled = state_sends * load.long_poll
    pings = load.connections / PING_SECONDS
    claps = load.claps_per_second
    out = (
        (state_sends - polled) * (FRAME_BYTES + around)
        + polled * (POLL_ANSWER_BYTES + around)
        + comment_sends * (COMMENT_BYTES + around)
        + pings * (PING_BYTES + around)
        + load.page_views_per_second * (PAGE_BYTES * 1.05 + HANDSHAKE_BYTES)
        + claps * (CLAP_ANSWER_BYTES + around)
    )
    # Every packet that goes out is acknowledged by one that comes in.
    inwards = (
        traffic.sends * PACKET_BYTES
        + polled * (POLL_REQUEST_BYTES + around)
        + pings * (PING_BYTES + around)
        + load.page_views_per_second * PAGE_REQUESTS * (REQUEST_BYTES + around)
        + claps * (CLAP_REQUEST_BYTES + around)
    )
    return Network(out, inwards, out * load.busy_hours * 3600 * MONTH_DAYS)
