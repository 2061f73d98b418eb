"""What a run says: figures beside their bounds, a JSON file, and plots."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.figures import RESULTS, Figure, keep
from benchmarks.hundred.course import Told
from benchmarks.hundred.sightings import HOT, OTHERS, PAGES, Sightings, Times
from benchmarks.plots import bar_plot, line_plot

PAGE_BOUND_MS = 250
MEBI = 2**20


def figures_of(told: Told) -> list[Figure]:
    """Every figure of a run, in the order in which it went."""
    plan = told.plan
    assert told.after
    return [
        Figure("readers connected", told.opened, "readers", plan.readers, good="over"),
        Figure("until all are connected", told.connect_seconds, "s"),
        Figure("connections per second", told.opened / told.connect_seconds, "per second"),
        *_memory(told),
        *_clapping(told),
        Figure("readers who missed the last version", told.after.open - told.after.exact, "readers", bound=0),
        Figure("until the last had seen it, after the last clap", told.truth_seconds, "s"),
        Figure("claps acknowledged and not in Redis", max(0, told.after.acked - told.in_redis), "claps", bound=0),
        Figure("claps whose acknowledgement was not heard", told.after.unknown, "claps"),
        Figure("claps in Redis and not in posts' rows", abs(told.in_redis - told.in_sql[0]), "claps", bound=0),
        Figure("claps in Redis and not in readers' rows", abs(told.in_redis - told.in_sql[1]), "claps", bound=0),
        Figure("connections sent to another worker, or lost, before the cut", told.after.times_lost, "times"),
        *_return(told),
    ]


def _return(told: Told) -> list[Figure]:
    if told.returned is None:
        return []
    return [
        Figure("connections cut at once", told.cut_times, "readers"),
        *_until(told, "half", 0.5),
        *_until(told, "99 of 100", 0.99),
        *_until(told, "all", 1.0),
        Figure("watched after the cut", told.back_seconds, "s"),
        Figure("readers who never came back", told.opened - told.returned.right, "readers", bound=0),
    ]


def _memory(told: Told) -> list[Figure]:
    assert told.empty and told.full and told.loaded
    grown = told.empty.available - told.full.available
    workers = told.full.workers_pss - told.empty.workers_pss
    return [
        Figure("resident memory of all workers, connected", told.full.workers_rss / MEBI, "MiB"),
        Figure("the same without what they share (PSS)", told.full.workers_pss / MEBI, "MiB"),
        Figure("workers' memory per reader beyond the empty workers'", workers / told.opened, "bytes"),
        Figure("kernel memory (slab) for both ends", (told.full.slab - told.empty.slab) / MEBI, "MiB"),
        Figure("kernel memory per reader, both ends", (told.full.slab - told.empty.slab) / told.opened, "bytes"),
        Figure("the whole machine's memory per reader, both ends", grown / told.opened, "bytes"),
        Figure("Redis (PSS), connected", told.full.redis_pss / MEBI, "MiB"),
        Figure("workers (PSS) while claps come", told.loaded.workers_pss / MEBI, "MiB"),
        Figure("the kernel's socket buffers while claps come", told.loaded.tcp_buffers / MEBI, "MiB"),
    ]


def _clapping(told: Told) -> list[Figure]:
    assert told.before and told.clapped and told.after and told.sightings
    seconds = told.plan.seconds
    hot, others, pages = (told.sightings.times(kind, told.clap_seconds) for kind in (HOT, OTHERS, PAGES))
    return [
        Figure("claps sent", told.clapped.sent / seconds, "per second"),
        Figure("claps acknowledged", told.clapped.acked / seconds, "per second"),
        Figure("claps refused", told.after.refused, "claps", bound=0),
        Figure("updates delivered", (told.clapped.updates - told.before.updates) / seconds, "per second"),
        Figure("of these, answers to polls", (told.clapped.polls - told.before.polls) / seconds, "per second"),
        *_times("clap to sight, the hot post", hot, bound_ms=told.plan.sight_bound_ms),
        *(_times("clap to sight, the others", others) if told.plan.other_claps else []),
        *_times("a page meanwhile", pages, bound_ms=PAGE_BOUND_MS),
        Figure("pages that failed", told.after.wrong_visits, "pages", bound=0),
        *(Figure(f"cores while claps come: {kind}", cores, "cores") for kind, cores in told.cores_clapping.items()),
    ]


def _times(what: str, times: Times, *, bound_ms: float | None = None) -> list[Figure]:
    return [
        Figure(f"{what}: half within", times.p50_ms, "ms"),
        Figure(f"{what}: 99 of 100 within", times.p99_ms, "ms", bound_ms),
        Figure(f"{what}: all within", times.max_ms, "ms"),
    ]


def _until(told: Told, whom: str, share: float) -> list[Figure]:
    # What was never reached has no figure: the end of the watching is none.
    reached = [at for at, count in told.back if count >= told.opened * share]
    return [Figure(f"until {whom} are back and correct", reached[0], "s")] if reached else []


def write(told: Told, figures: list[Figure], *, seconds: float, folder: Path = RESULTS) -> list[Path]:
    """Write a run's figures and plots; return where they are."""
    name = f"hundred-{told.plan.name}"
    kept = keep(name, figures, seconds=seconds, folder=folder)
    more = folder / f"{name}-course.json"
    parts = ("empty", "full", "loaded", "clapped", "after", "returned")
    course: dict[str, Any] = {part: asdict(getattr(told, part)) for part in parts if getattr(told, part)}
    course |= {"plan": asdict(told.plan), "connected": told.connected, "back": told.back, "cores": {
        "connecting": told.cores_connecting, "clapping": told.cores_clapping, "returning": told.cores_returning,
    }}
    more.write_text(json.dumps(course, indent=1) + "\n")
    return [kept, more, *_draw(told, folder, name)]


def _draw(told: Told, folder: Path, name: str) -> list[Path]:
    assert told.sightings
    sight, coming, cost = (folder / f"{name}-{part}.svg" for part in ("sight", "coming", "cost"))
    series = {}
    kinds = {"hot post": HOT, "other posts": OTHERS, "a page": PAGES}
    for what, kind in kinds.items():
        series[f"{what}, half"] = _over_time(told.sightings, kind, told.clap_seconds, "p50_ms")
        series[f"{what}, 99 of 100"] = _over_time(told.sightings, kind, told.clap_seconds, "p99_ms")
    series["hot post, the last"] = _over_time(told.sightings, HOT, told.clap_seconds, "max_ms")
    line_plot(
        sight, title_text=f"From clap to sight: {told.plan.title_text}", x_text="seconds of clapping",
        y_text="milliseconds", series={what: points for what, points in series.items() if points}, log_y=True,
    )
    counts = {"connecting": told.connected, "back and correct after the cut": told.back}
    line_plot(
        coming, title_text=f"Coming, and coming back: {told.plan.title_text}", x_text="seconds", y_text="readers",
        series={what: points for what, points in counts.items() if points},
    )
    phases = {"connecting": told.cores_connecting, "clapping": told.cores_clapping, "coming back": told.cores_returning}
    phases = {phase: cores for phase, cores in phases.items() if cores}
    bar_plot(cost, title_text=f"Processor time: {told.plan.title_text}", unit_text="cores", bars=phases)
    return [sight, coming, cost]


def _over_time(sightings: Sightings, kind: int, seconds: list[int], what: str) -> list[tuple[float, float]]:
    times = [(second - seconds[0], sightings.times(kind, [second])) for second in seconds]
    return [(at, getattr(one, what)) for at, one in times if one.count]
