"""A simulated minute of the hot post: claps, calls to Redis, ticks, fan-outs; and how soon readers see a clap."""

from __future__ import annotations

import math
import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from claps.plain.limits import FAN_OUT_SHARE, TICK_SECONDS
from claps.planning.figures import Figures
from claps.planning.loads import Load
from claps.planning.needs import BUSY, Needs
from claps.planning.traffic import mean_send_us

SECONDS = 60.0
# More claps than these change nothing: news is there at every tick, and they are enough to measure by.
CLAPS_FOLLOWED = 200.0
WORKERS_FOLLOWED = 3
READERS_FOLLOWED = 3
SENDS_BETWEEN_BREATHS = 512
NETWORK_SECONDS = 0.0002
# Turns of the same length differ by so much: the standard deviation of their logarithm.
TURN_SPREAD = 0.15
_P99 = 2.326


@dataclass(frozen=True, slots=True)
class Sights:
    """From clap to sight, over pairs of a clap and a reader, in milliseconds; without the readers' own networks."""

    pairs: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float
    updates_per_second: float
    tick_ms: float


@dataclass(frozen=True, slots=True)
class Turn:
    """One fan-out of one worker."""

    began: float
    seconds: float


class Minute:
    """One site for a minute. The same seed gives the same minute.

    :param rho: the share of each running worker that goes into everything but the hot post's fan-out.
    """

    def __init__(self, load: Load, figures: Figures, needs: Needs, *, seed: int = 1) -> None:
        self._load, self._figures, self._needs = load, figures, needs
        self._random = random.Random(seed)
        hot_cpu = load.hot * needs.traffic.hot_updates * mean_send_us(load, figures) / 1e6
        self.rho = min(BUSY, max(0.0, needs.worker_cpu - hot_cpu) / needs.lanes)
        self._commits = list(self._commit())

    def run(self) -> Sights:
        """Let it pass."""
        clapped = list(self._clap())
        published = sorted((self._publish(at), at) for at in clapped)
        waits: list[float] = []
        turns: list[Turn] = []
        times = [at for at, _ in published]
        for _ in range(min(WORKERS_FOLLOWED, self._needs.workers)):
            mine = list(self._tell(times))
            turns += mine
            waits += self._see(published, mine)
        return _sum_up(waits, turns, workers=min(WORKERS_FOLLOWED, self._needs.workers))

    def _clap(self) -> Iterator[float]:
        rate = self._load.claps_per_second * self._load.hot_claps
        at = 0.0
        while rate:
            at += self._random.expovariate(min(rate, CLAPS_FOLLOWED))
            if at > SECONDS:
                return
            yield at

    def _commit(self) -> Iterator[float]:
        # The ends of Redis's turns: everybody's calls of a moment, and one fsync for all of them.
        figures, draw = self._figures, self._random
        spread = math.log(max(figures.commit_slow_ms / figures.commit_ms, 1.0)) / _P99
        calls = self._load.claps_per_second / self._needs.redis_shards / figures.redis_claps
        at = 0.0
        while at < SECONDS + 10:
            fsync = draw.lognormvariate(math.log(figures.commit_ms), spread) if self._load.ack != "memory" else 0.05
            at += fsync / 1000 / max(1 - calls, 0.05) + (NETWORK_SECONDS if self._load.ack == "replica" else 0)
            yield at

    def _publish(self, at: float) -> float:
        """When Redis tells the workers of a clap that was sent at some moment."""
        load, figures, draw = self._load, self._figures, self._random
        by_http = draw.random() >= load.socket_claps
        service = (figures.http_clap_us if by_http else figures.socket_clap_us) / 1e6
        if draw.random() < self.rho:
            at += draw.expovariate((1 - self.rho) / service)
        at += draw.uniform(0, self._breath_seconds()) * (draw.random() < FAN_OUT_SHARE) + service
        # The turn that is under way does not have it; the next one does.
        turn = bisect_right(self._commits, at + NETWORK_SECONDS) + 1
        return self._commits[min(turn, len(self._commits) - 1)] + NETWORK_SECONDS + figures.heard_us / 1e6

    def _breath_seconds(self) -> float:
        here = min(SENDS_BETWEEN_BREATHS, self._load.hot / self._needs.workers)
        return here * mean_send_us(self._load, self._figures) / 1e6

    def _tell(self, published: Sequence[float]) -> Iterator[Turn]:
        """One worker's turns: the first at once, then one a tick, as ``live/fan_out.py`` has it."""
        draw, load = self._random, self._load
        hot_seconds = self._needs.traffic.hot_seconds / (1 - self.rho)
        flush = load.claps_per_second * load.flush_seconds / self._figures.sql_rows / 2
        next_at, number = 0.0, 0
        while number < len(published):
            began = max(published[number], next_at) + self._figures.update_us / 1e6
            if draw.random() < self.rho:
                began += draw.expovariate((1 - self.rho) * 1e6 / self._figures.page_us)
            seconds = hot_seconds * draw.lognormvariate(0, TURN_SPREAD)
            if draw.random() < min(1.0, seconds / load.flush_seconds) / self._needs.workers:
                seconds += flush
            yield Turn(began, seconds)
            next_at = began + max(TICK_SECONDS, seconds / FAN_OUT_SHARE)
            number = bisect_right(published, began)

    def _see(self, published: Sequence[tuple[float, float]], turns: Sequence[Turn]) -> Iterator[float]:
        starts = [turn.began for turn in turns]
        for at, clapped_at in published:
            number = bisect_left(starts, at)
            if number < len(turns):
                turn = turns[number]
                for _ in range(READERS_FOLLOWED):
                    yield turn.began + turn.seconds * self._random.random() - clapped_at


def _sum_up(waits: list[float], turns: list[Turn], *, workers: int) -> Sights:
    if not waits:
        return Sights(0, 0.0, 0.0, 0.0, 0.0, 0.0, TICK_SECONDS * 1000)
    waits.sort()
    p50, p95, p99 = (waits[min(len(waits) - 1, int(len(waits) * share))] * 1000 for share in (0.5, 0.95, 0.99))
    tick = sum(max(TICK_SECONDS, turn.seconds / FAN_OUT_SHARE) for turn in turns) / len(turns)
    rate = len(turns) / workers / SECONDS
    return Sights(len(waits), p50, p95, p99, waits[-1] * 1000, rate, tick * 1000)
