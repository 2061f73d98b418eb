"""One update to 10,000 WebSocket readers of one worker, against a bare C loop of send() over as many sockets.

Both servers run on the first core and both crowds on the last, each with all its sockets open all the time; the
rounds alternate, and what is shown is the median of the ratios of two rounds beside each other, so that a busy
moment of the machine weighs on both. A round is counted from the trigger until the last reader has the
message, by one clock. For Claps the trigger is the tally's PUBLISH in Redis, as the clap script does it: so the
relay, the template, the encoding and the loop are in it, and counting a clap is not. For the bare loop it is a
line through a pipe, with a message of the same size behind it. The time from the first receipt to the last,
which leaves out all that comes before the loop, is shown as well. Rounds are further apart than the tick; the
pings that fall into them are part of the work.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from benchmarks.figures import Figure, middle
from benchmarks.programs import BareLoop, Crowd, Round
from benchmarks.sites import BenchSite, Teller, open_site, upgrade_request

READERS = 10_000
ROUNDS = 21
PAUSE_SECONDS = 0.55  # The tick grows with what a fan-out takes: four times 100 ms and something.
BOUND = 1.2
WIRES: dict[str, Callable[[int], str]] = {
    "JSON": lambda claps: f'"claps":{claps},',
    "HTML": lambda claps: f"{claps:,}",
}


def measure(folder: Path) -> list[Figure]:
    """Measure both wires."""
    figures = []
    with ExitStack() as stack:
        bare = stack.enter_context(BareLoop(folder, READERS))
        site = stack.enter_context(open_site(folder))
        for wire in WIRES:
            figures += _measure_wire(folder, site, bare, wire)
    return figures


def _measure_wire(folder: Path, site: BenchSite, bare: BareLoop, wire: str) -> list[Figure]:
    with Crowd(folder, site.port) as crowd:
        request = upgrade_request("topic=post:1", site.port, json_wire=wire == "JSON")
        opened = crowd.open(READERS, request)
        assert opened.open == READERS, opened
        site.settle()
        ours, theirs = _alternate(crowd, bare, site.teller("post:1"), WIRES[wire])
    site.wait_for_nobody()
    return [
        Figure(
            f"{wire}: until the last of {READERS:,} has it, to a bare loop's time",
            _ratio([seen.whole_ms for seen in ours], [seen.whole_ms for seen in theirs]), "times", BOUND,
        ),
        Figure(
            f"{wire}: the same from the first receipt on",
            _ratio([seen.span_ms for seen in ours], [seen.span_ms for seen in theirs]), "times",
        ),
        Figure(f"{wire}: Claps, {ours[-1].frame_bytes} bytes, median", middle([seen.whole_ms for seen in ours]), "ms"),
        Figure(f"{wire}: Claps, the quickest of {ROUNDS}", min(seen.whole_ms for seen in ours), "ms"),
        Figure(f"{wire}: the bare loop, median", middle([seen.whole_ms for seen in theirs]), "ms"),
        Figure(f"{wire}: the bare loop, the quickest of {ROUNDS}", min(seen.whole_ms for seen in theirs), "ms"),
    ]


def _ratio(ours: list[float], theirs: list[float]) -> float:
    return middle([mine / other for mine, other in zip(ours, theirs, strict=True)])


def _alternate(
    crowd: Crowd, bare: BareLoop, teller: Teller, needle_of: Callable[[int], str]
) -> tuple[list[Round], list[Round]]:
    ours, theirs = [], []
    for number in range(ROUNDS + 1):
        needle = needle_of(teller.next())
        mine = crowd.see(needle, teller.tell)
        assert mine.count == READERS, mine
        time.sleep(PAUSE_SECONDS / 2)
        other = bare.round(needle, mine.frame_bytes)
        assert other.count == READERS, other
        time.sleep(PAUSE_SECONDS / 2)
        if number:  # The first one warms up.
            ours.append(mine)
            theirs.append(other)
    return ours, theirs
