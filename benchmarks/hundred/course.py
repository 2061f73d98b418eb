"""The course of a run: all come, claps are given, everybody has seen them, everybody is cut off and comes back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.hundred.audiences import Audience, Count
from benchmarks.hundred.machine import Memory, Processors, read_memory
from benchmarks.hundred.places import Place
from benchmarks.hundred.plans import VISITS_PER_SECOND, Plan
from benchmarks.hundred.sightings import Sightings

LOOK_SECONDS = 0.5
STUCK_SECONDS = 60
CALM_SECONDS = 3
CALM_LOOKS = 20
QUIET_SECONDS = 20
SEEN_SECONDS = 60
MISSED_SHOWN = 20
FLUSHED_SECONDS = 60
TOLD_EVERY = 20  # looks
# As live/_config.html has it: the first time at a random moment of one second.
BROWSER_SECONDS = 1
Points = list[tuple[float, float]]


@dataclass
class Told:
    """Everything that a run found out."""

    plan: Plan
    connect_seconds: float = 0
    connected: Points = field(default_factory=list)
    opened: int = 0
    empty: Memory | None = None
    full: Memory | None = None
    loaded: Memory | None = None
    cores_connecting: dict[str, float] = field(default_factory=dict)
    cores_clapping: dict[str, float] = field(default_factory=dict)
    cores_returning: dict[str, float] = field(default_factory=dict)
    clap_seconds: list[int] = field(default_factory=list)
    before: Count | None = None
    clapped: Count | None = None
    after: Count | None = None
    in_redis: int = 0
    in_sql: tuple[int, int] = (0, 0)
    truth_seconds: float = 0
    sightings: Sightings | None = None
    cut_times: int = 0
    back_seconds: float = 0
    back: Points = field(default_factory=list)
    returned: Count | None = None


def run(folder: Path, plan: Plan, *, say: Callable[[str], None]) -> Told:
    """Run a plan from its first reader to the return of its last."""
    told = Told(plan)
    until = time.monotonic() + plan.run_seconds
    place = Place(folder, plan)
    try:
        place.start()
        _await_workers(place, plan)
        with Audience(folder, plan, port=place.server.port, hot_id=place.hot_id, first_id=place.first_id) as audience:
            # From the start: a worker that has more readers than the others sends some of them away.
            audience.come_back(seconds=BROWSER_SECONDS)
            _connect(told, place, audience, say, until=until - plan.seconds - SEEN_SECONDS)
            _clap(told, place, audience, say)
            _compare(told, place, audience, say)
            told.sightings = Sightings(audience.histograms())
            if plan.ends_with_cut:
                _cut(told, place, audience, say, until=until)
    finally:
        place.server.kill()
    return told


def _await_workers(place: Place, plan: Plan) -> None:
    deadline = time.monotonic() + 60 + plan.workers
    while len(place.workers) < plan.workers and time.monotonic() < deadline:
        time.sleep(0.2)
    # They are there as processes; a worker that has loaded everything stops using the processor.
    _calm(lambda: Processors(place.kinds()), place)


def _calm(begin: Callable[[], Processors], place: Place) -> None:
    for _ in range(CALM_LOOKS):
        processors = begin()
        time.sleep(1)
        if processors.split(place.kinds())["workers"] < 0.1 + 0.02 * len(place.workers):
            return


def _memory(place: Place, audience: Audience) -> Memory:
    return read_memory(place.workers, audience.pids, place.kinds()["Redis"])


def _kinds(place: Place, audience: Audience) -> dict[str, list[int]]:
    return {**place.kinds(), "readers": audience.pids}


def _connect(told: Told, place: Place, audience: Audience, say: Callable[[str], None], *, until: float) -> None:
    told.empty = _memory(place, audience)
    processors = Processors(_kinds(place, audience))
    audience.open()
    began = progressed_at = time.monotonic()
    most = 0
    while True:
        count = audience.count()
        now = time.monotonic()
        told.connected.append((now - began, count.open))
        if count.open > most:
            most, progressed_at = count.open, now
        if not len(told.connected) % TOLD_EVERY:
            say(f"{count.open:,} are connected")
        if count.open == told.plan.readers or now - progressed_at > STUCK_SECONDS or now > until:
            break
        time.sleep(LOOK_SECONDS)
    told.connect_seconds, told.opened = now - began, count.open
    told.cores_connecting = processors.split(_kinds(place, audience))
    lost = count.times_lost
    say(f"{count.open:,} are connected after {told.connect_seconds:.0f} s; {lost:,} times one was sent on or lost")
    # Who has just come is counted, and that is news to all who read the same.
    _await_quiet(audience)
    told.full = _memory(place, audience)


def _await_quiet(audience: Audience) -> None:
    quiet_since, last = time.monotonic(), -1
    deadline = quiet_since + QUIET_SECONDS
    while time.monotonic() - quiet_since < CALM_SECONDS and time.monotonic() < deadline:
        updates = audience.count().updates
        if updates != last:
            quiet_since, last = time.monotonic(), updates
        time.sleep(LOOK_SECONDS)


def _clap(told: Told, place: Place, audience: Audience, say: Callable[[str], None]) -> None:
    plan = told.plan
    told.before = audience.count()
    processors = Processors(_kinds(place, audience))
    began = time.monotonic()
    audience.clap(plan.hot_claps, plan.other_claps)
    audience.visit(VISITS_PER_SECOND, place.visit_head())
    time.sleep(plan.seconds)
    told.clapped = audience.count()
    told.cores_clapping = processors.split(_kinds(place, audience))
    told.clap_seconds = list(range(int(began) + 1, int(time.monotonic())))
    told.loaded = _memory(place, audience)
    audience.clap(0, 0)
    audience.visit(0, b"")
    say(f"{told.clapped.sent:,} claps were sent in {plan.seconds} s, {told.clapped.acked:,} acknowledged")


def _compare(told: Told, place: Place, audience: Audience, say: Callable[[str], None]) -> None:
    began = time.monotonic()
    while True:
        audience.learn_truth(place.truth())
        told.after = audience.count()
        told.truth_seconds = time.monotonic() - began
        # Who is on the way from one worker to another is told on arrival.
        if told.after.exact == told.after.open or told.truth_seconds > SEEN_SECONDS:
            break
        time.sleep(LOOK_SECONDS)
    told.in_redis = place.claps_in_redis()
    deadline = time.monotonic() + FLUSHED_SECONDS
    while True:
        told.in_sql = place.claps_in_sql()
        if told.in_sql == (told.in_redis, told.in_redis) or time.monotonic() > deadline:
            break
        time.sleep(LOOK_SECONDS)
    for line in audience.missed()[:MISSED_SHOWN]:
        say(line)
    say(f"{told.after.exact:,} of {told.after.open:,} have seen the last version, {told.after.right:,} its claps")


def _cut(told: Told, place: Place, audience: Audience, say: Callable[[str], None], *, until: float) -> None:
    audience.come_back(seconds=told.plan.cut_delay_seconds)
    processors = Processors(_kinds(place, audience))
    times_lost = audience.count().times_lost
    place.cut()
    began = time.monotonic()
    # Nobody sees this one happen, so that who is back must learn it.
    clapped = place.clap_everywhere()
    truth = place.truth()
    audience.learn_truth(truth)
    say(f"All workers are killed; {clapped:,} claps meanwhile")
    while True:
        told.returned = audience.count()
        now = time.monotonic() - began
        told.back.append((now, told.returned.right))
        if told.returned.right == told.opened or time.monotonic() > until:
            break
        if not len(told.back) % TOLD_EVERY:
            say(f"{told.returned.open:,} are back, {told.returned.right:,} of them correct")
        time.sleep(LOOK_SECONDS)
    told.back_seconds = now
    told.cut_times = told.returned.times_lost - times_lost
    told.cores_returning = processors.split(_kinds(place, audience))
    say(f"{told.returned.right:,} are back and correct after {now:.0f} s")
