"""What operators and their machines ask: is it alive, is it ready, what are its figures."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flask import Blueprint, Response, make_response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from claps import __version__
from claps.plain.errors import Unavailable
from claps.plain.vitals import OF_SITE, OF_WORKERS, PREFIX, Vital, buckets_of
from claps.web.site import site

bp = Blueprint("operations", __name__)
_FAMILIES: dict[str, Callable[..., Any]] = {"gauge": GaugeMetricFamily, "counter": CounterMetricFamily}


@bp.get("/healthz")
def healthz() -> Response:
    """This process answers."""
    return _plain("ok\n", 200)


@bp.get("/readyz")
def readyz() -> Response:
    """SQL and Redis answer as well, and what Redis takes is told here; 503 names what does not."""
    parts = site()
    down = []
    for name, ask in (("redis", parts.journal.lengths), ("sql", parts.database.ask)):
        try:
            ask()
        except Unavailable:
            down.append(name)
    if not parts.vitals.canary.is_alive:
        down.append("live")
    return _plain("ready\n" if not down else f"down: {', '.join(down)}\n", 503 if down else 200)


@bp.get("/metrics")
def metrics() -> Response:
    """Figures of all workers of this node, and of the site, for Prometheus."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Told(*site().vitals.neighbours.ask(), site=_of_site()))
    response = make_response(generate_latest(registry))
    response.content_type = CONTENT_TYPE_LATEST
    response.headers["Cache-Control"] = "no-store"
    return response


class _Told(Collector):
    """What workers have told, in the forms of prometheus_client."""

    def __init__(self, by_worker: Mapping[int, Mapping[str, Any]], silent: int, *, site: dict[str, Any]) -> None:
        self._by_worker = by_worker
        self._site = {f"{PREFIX}workers": len(by_worker), f"{PREFIX}workers_silent": silent, **site}

    def collect(self) -> Iterator[Any]:
        """Each metric with its samples; what is not known is left out, as Prometheus expects."""
        for vital in OF_WORKERS:
            family = _family(vital, "worker")
            for slot, told in self._by_worker.items():
                # Two versions may run side by side while workers are exchanged.
                if vital.name in told:
                    _add(family, vital, told[vital.name], str(slot))
            yield family
        for vital in OF_SITE:
            if vital.name in self._site:
                family = _family(vital)
                _add(family, vital, self._site[vital.name])
                yield family


def _family(vital: Vital, *labels: str) -> Any:
    names = [*labels, *([vital.label] if vital.label else [])]
    if vital.kind == "histogram":
        return HistogramMetricFamily(vital.name, vital.text, labels=names)
    return _FAMILIES[vital.kind](vital.name, vital.text, labels=names)


def _add(family: Any, vital: Vital, value: Any, *labels: str) -> None:
    if vital.kind == "histogram":
        family.add_metric([*labels], buckets=buckets_of(value), sum_value=value["seconds"])
    elif vital.label:
        for name, number in value.items():
            family.add_metric([*labels, name], number)
    else:
        family.add_metric([*labels], value)


def _of_site() -> dict[str, Any]:
    told: dict[str, Any] = {f"{PREFIX}version_info": {__version__: 1}}
    try:
        journal = site().journal
        told[f"{PREFIX}journal_entries"] = sum(journal.lengths())
        oldest = journal.oldest()
    except Unavailable:
        return told
    told[f"{PREFIX}journal_age_seconds"] = 0.0 if oldest is None else max(0.0, time.time() - oldest)
    return told


def _plain(text: str, status: int) -> Response:
    response = make_response(text, status)
    response.content_type = "text/plain; charset=utf-8"
    response.headers["Cache-Control"] = "no-store"
    return response
