"""The canary's claps: through a script, onto the disk and over pub/sub as everybody's, and counted nowhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from claps.hot.connection import load_script
from claps.hot.durability import Confirmation
from claps.hot.keys import canary_key
from claps.plain.limits import SHARDS

KEPT_SECONDS = 120


def canary_clapper(client: Any, confirmation: Confirmation, worker: str) -> Callable[[int, str], None]:
    """Make the function that claps for a worker's canary: the number of the clap, and the channel on which it is told.

    Each clap goes to another shard, so that on a cluster every node has its turn.
    What it makes raises Unavailable when Redis does not answer, or cannot promise what ``CLAPS_ACK`` says.
    """
    script = load_script(client, "canary")

    def clap(number: int, channel: str) -> None:
        confirmation.call(script, [canary_key(number % SHARDS, worker)], [number, channel, KEPT_SECONDS])

    return clap
