"""Fan-out, connects and memory with 10,000 WebSocket readers each, several programs at once.

Those of a group take turns: each is connected to a quarter of its readers, then the next; then each tells an update,
then the next. So a busy moment of the machine weighs on all alike. The pings of 10,000 readers are a tenth of a core
for the slower two, which are a group of their own for that reason.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.beside.contenders import BINARIES, Contender, Telling, open_contender
from benchmarks.beside.dialects import NEEDLE
from benchmarks.figures import middle
from benchmarks.programs import Crowd, Missing, Round

GROUPS = (("Claps", "Nchan", "ws", "Socket.IO"), ("python-socketio", "flask-sock"))
READERS = 10_000
STEPS = 4
ROUNDS = 21
PAUSE_SECONDS = 0.15
WINDOW = 64


@dataclass(slots=True)
class _Turn:
    """One program with its crowd, and what was seen of it."""

    contender: Contender
    crowd: Crowd
    idle_bytes: int
    teller: Telling | None = None
    per_second: list[float] = field(default_factory=list)
    connect_ms: list[float] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)


def measure(
    folder: Path, groups: Sequence[Sequence[str]] = GROUPS, *, readers: int = READERS, rounds: int = ROUNDS,
    binaries: Path = BINARIES,
) -> dict[str, dict[str, float]]:
    """Measure those of the named that are installed; return their values by name.

    Values of the first of a group have its time to that of each other one, from rounds beside each other.
    """
    found: dict[str, dict[str, float]] = {}
    for names in groups:
        found |= _measure_group(folder, names, readers, rounds, binaries)
    return found


def _measure_group(
    folder: Path, names: Sequence[str], readers: int, rounds: int, binaries: Path
) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    with ExitStack() as stack:
        turns: list[_Turn] = []
        for name in names:
            try:
                contender = stack.enter_context(open_contender(name, folder, binaries=binaries))
            except Missing as missing:
                print(f"  {name} is left out: {missing}")
                continue
            crowd = stack.enter_context(Crowd(folder, contender.port))
            turns.append(_Turn(contender, crowd, contender.resident_bytes))
        for _ in range(STEPS):
            for turn in turns:
                _connect(turn, readers // STEPS)
        for turn in turns:
            turn.contender.settle()
            found[turn.contender.name] = _values_of_connecting(turn, readers)
        _tell_in_turn(turns, readers, rounds)
        for turn in turns:
            found[turn.contender.name] |= _values_of_rounds(turn.rounds)
        for other in turns[1:]:
            found[turns[0].contender.name][f"to_{other.contender.name}"] = _ratio(turns[0].rounds, other.rounds)
    return found


def _ratio(ours: Sequence[Round], theirs: Sequence[Round]) -> float:
    return middle([mine.whole_ms / other.whole_ms for mine, other in zip(ours, theirs, strict=True)])


def _connect(turn: _Turn, count: int) -> None:
    request = turn.contender.upgrade_request("post:1")
    used = turn.contender.cpu_seconds
    opened = turn.crowd.open(count, request, wait_for=turn.contender.dialect.wait_for, window=WINDOW)
    assert opened.open and not opened.refused, (turn.contender.name, opened)
    turn.per_second.append(count / opened.seconds)
    turn.connect_ms.append((turn.contender.cpu_seconds - used) / count * 1000)


def _tell_in_turn(turns: Sequence[_Turn], readers: int, rounds: int) -> None:
    for turn in turns:
        turn.teller = turn.contender.teller()
    for number in range(rounds + 1):
        for turn in turns:
            assert turn.teller is not None
            claps = turn.teller.next()
            seen = turn.crowd.see(f"{NEEDLE}{claps}", turn.teller.tell, seconds=30)
            assert seen.count == readers, (turn.contender.name, seen)
            if number:  # The first one warms up.
                turn.rounds.append(seen)
            time.sleep(PAUSE_SECONDS)


def _values_of_connecting(turn: _Turn, readers: int) -> dict[str, float]:
    return {
        "connects_per_second": middle(turn.per_second),
        "connects_per_core": 1000 / max(middle(turn.connect_ms), 0.001),
        "bytes_per_reader": (turn.contender.resident_bytes - turn.idle_bytes) / readers,
    }


def _values_of_rounds(rounds: Sequence[Round]) -> dict[str, float]:
    times = [seen.whole_ms for seen in rounds]
    return {
        "fan_out_ms": middle(times), "fan_out_least_ms": min(times), "fan_out_most_ms": max(times),
        "frame_bytes": rounds[-1].frame_bytes,
    }
