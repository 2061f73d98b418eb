"""What gives way when a load grows: in which order, at what load, and what is then done.

What more machines cure is looked at with the machines that there are; what they do not cure, with as many as the load
then needs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from claps.plain.limits import FILES_KEPT_FREE, SHARDS
from claps.planning.figures import Figures
from claps.planning.loads import Load
from claps.planning.needs import (
    BUSY,
    Needs,
    find_needs,
    hot_call_share,
    redis_everywhere,
    relay_share,
    sql_cpu,
    worker_cpu,
)
from claps.planning.traffic import flow, mean_send_us

# What the product promises: everybody sees it within a quarter of a second.
PROMISE_SECONDS = 0.25
FACTOR_MOST = 1e6


@dataclass(frozen=True, slots=True)
class Chokepoint:
    """Something that is full at ``factor`` times the load.

    :param by_adding: more of the same machines cure it.
    :param at_text: the load at which it is full, in the words that matter for it.
    """

    name: str
    factor: float
    at_text: str
    remedy: str
    by_adding: bool


@dataclass(frozen=True, slots=True)
class _Bound:
    name: str
    usage: Callable[[Load], float]
    at_text: Callable[[Load], str]
    remedy: str


def find_chokepoints(load: Load, figures: Figures, needs: Needs) -> tuple[Chokepoint, ...]:
    """Let everything grow, and tell what is full first."""
    found = []
    for by_adding, bounds in ((True, _of_machines(figures, needs)), (False, _of_this_version(figures))):
        for bound in bounds:
            factor = _fill(bound.usage, load)
            if factor < FACTOR_MOST:
                at_text = bound.at_text(load.scaled(factor))
                found.append(Chokepoint(bound.name, factor, at_text, bound.remedy, by_adding))
    return tuple(sorted(found, key=lambda one: one.factor))


def _fill(usage: Callable[[Load], float], load: Load) -> float:
    """The factor at which a usage comes to 1; none of them shrinks when the load grows."""
    low, high = 0.0, 1.0
    while usage(load.scaled(high)) < 1:
        low, high = high, high * 2
        if high > FACTOR_MOST:
            return FACTOR_MOST
    while high - low > high / 1000:
        middle = (low + high) / 2
        low, high = (low, middle) if usage(load.scaled(middle)) >= 1 else (middle, high)
    return high


def _of_machines(figures: Figures, needs: Needs) -> tuple[_Bound, ...]:
    workers, lanes = needs.workers, needs.lanes

    def processors(load: Load) -> float:
        traffic = flow(load, figures, workers=workers, lanes=lanes)
        return worker_cpu(load, figures, traffic, workers=workers) / max(needs.worker_cores, 1.0)

    def files(load: Load) -> float:
        return load.connections / (workers * (load.files_per_worker - FILES_KEPT_FREE))

    def telling(load: Load) -> float:
        return load.hot * mean_send_us(load, figures) / 1e6 / lanes / BUSY / PROMISE_SECONDS

    return (
        _Bound("processors of the workers", processors, _load, "more workers on more cores"),
        _Bound("open files of the workers", files, _connections, "more workers, or a higher LimitNOFILE"),
        _Bound(
            "a quarter of a second until the last reader of the hot post has an update", telling, _hot,
            "more workers on more cores; until then the tick grows, and nothing is lost",
        ),
    )


def _of_this_version(figures: Figures) -> tuple[_Bound, ...]:
    def hearing(load: Load) -> float:
        return relay_share(load, figures, workers=find_needs(load, figures).workers)

    def counting(load: Load) -> float:
        return hot_call_share(load, figures)

    def publishing(load: Load) -> float:
        needs = find_needs(load, figures)
        return needs.redis_cpu / SHARDS + redis_everywhere(figures, needs.traffic)

    def flushing(load: Load) -> float:
        return sql_cpu(load, figures)

    return (
        _Bound(
            "every worker hears each publication of the hot post", hearing, _hot_claps,
            "publish a post at most once a tick",
        ),
        _Bound(
            "the one Redis that has the hot post", counting, _hot_claps,
            "split the tally of such a post over several shards",
        ),
        _Bound(
            f"Redis in all {SHARDS} shards", publishing, _load,
            "readers of one topic on one machine; sharded publications; then more shards",
        ),
        _Bound(
            "one SQL server", flushing, _load,
            "databases of their own for some of the shards",
        ),
    )


def _load(load: Load) -> str:
    told = [f"{load.connections:,} connections"]
    told += [f"{load.claps_per_second:,.0f} claps/s"] if load.claps_per_second else []
    told += [f"{load.changes_per_second:,.0f} table changes/s"] if load.changes_per_second else []
    return ", ".join(told)


def _connections(load: Load) -> str:
    return f"{load.connections:,} connections"


def _hot(load: Load) -> str:
    return f"{load.hot:,} readers of one post"


def _hot_claps(load: Load) -> str:
    return f"{load.claps_per_second * load.hot_claps:,.0f} claps/s on one post"
