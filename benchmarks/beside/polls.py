"""Long-poll: an update to 2,000 pollers, each of whom asks again at once.

What an answer costs with the next question is read from the program's processor time, because Claps spreads updates
over a tick that grows with their cost and the others do not. How long the last of them waits is the time of one update.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.beside.contenders import Contender, open_contender
from benchmarks.beside.crowds import open_pollers
from benchmarks.beside.dialects import NEEDLE, poll_script
from benchmarks.figures import middle
from benchmarks.programs import Missing

NAMES = ("Claps", "Nchan", "Socket.IO", "python-socketio")
POLLERS = 2_000
ROUNDS = 10
WARM_ROUNDS = 3
PAUSE_SECONDS = 0.3


def measure(
    folder: Path, names: Sequence[str] = NAMES, *, pollers: int = POLLERS, rounds: int = ROUNDS
) -> dict[str, dict[str, float]]:
    """Measure those of the named that are installed, one after the other; return their values by name."""
    found = {}
    for name in names:
        try:
            with open_contender(name, folder, transport="polling") as contender:
                found[name] = _measure_one(folder, contender, pollers, rounds)
        except Missing as missing:
            print(f"  {name} is left out: {missing}")
    return found


def _measure_one(folder: Path, contender: Contender, pollers: int, rounds: int) -> dict[str, float]:
    if contender.name == "Nchan":
        # Its pollers wait for a first message before they can name the one they have seen.
        first = contender.teller()
        first.next()
        first.tell()
    with open_pollers(folder, contender.port, poll_script(contender.name, contender.port)) as crowd:
        opened = crowd.open(pollers)
        assert opened.open == pollers, (contender.name, opened)
        contender.settle()
        teller = contender.teller()
        times, used = [], 0.0
        for number in range(WARM_ROUNDS + rounds):
            if number == WARM_ROUNDS:
                used = contender.cpu_seconds
            claps = teller.next()
            seen = crowd.see(f"{NEEDLE}{claps}", teller.tell)
            assert seen.count == pollers, (contender.name, seen)
            times.append(seen.whole_ms)
            # The questions that follow belong to what an answer costs.
            time.sleep(PAUSE_SECONDS)
        used = contender.cpu_seconds - used
    return {
        "wakes_per_core": pollers * rounds / used, "wake_ms": 1000 * used / pollers / rounds,
        "wake_last_ms": middle(times[WARM_ROUNDS:]),
    }
