"""What operators and their machines ask: is it alive, is it ready, what are its figures."""

from __future__ import annotations

import os

from flask import Blueprint, Response, current_app, make_response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from claps.plain.errors import Unavailable
from claps.web.shelf import shelf
from claps.web.site import site

bp = Blueprint("operations", __name__)


@bp.get("/healthz")
def healthz() -> Response:
    """This process answers."""
    return _plain("ok\n", 200)


@bp.get("/readyz")
def readyz() -> Response:
    """SQL and Redis answer as well; 503 names the one that does not."""
    parts = site()
    down = []
    for name, ask in (("redis", parts.journal.lengths), ("sql", parts.database.ask)):
        try:
            ask()
        except Unavailable:
            down.append(name)
    return _plain("ready\n" if not down else f"down: {', '.join(down)}\n", 503 if down else 200)


@bp.get("/metrics")
def metrics() -> Response:
    """Figures of the worker process that answers, for Prometheus."""
    parts = site()
    hub = parts.hub
    registry = CollectorRegistry()
    figures = {
        "claps_subscribers": ("Open waits in this worker", hub.lot.count),
        "claps_topics_watched": ("Topics watched in this worker", len(hub.watches)),
        "claps_updates_sent": ("Updates told by this worker since its start", hub.fan_out.updates),
        "claps_deliveries": ("Updates times subscribers since its start", hub.fan_out.deliveries),
        "claps_handshakes_known": ("WebSockets let in like others before them", parts.handshakes.entered),
        "claps_moved": ("Subscribers sent to less busy workers since the start", hub.moved),
        "claps_changes_waiting": ("Claps on their way to Redis", parts.ledger.waiting),
        "claps_pages_kept": ("Rendered pages kept by this worker", shelf().count),
        "claps_turned_away": ("Requests answered 503 for lack of time since the start", _turned_away()),
        "claps_relay_connected": ("1 when this worker hears of others", int(hub.relay.connected)),
    }
    try:
        figures["claps_journal_entries"] = ("Entries not in SQL yet", sum(parts.journal.lengths()))
    except Unavailable:
        pass  # What is not known is left out, as Prometheus expects.
    for name, (text, value) in figures.items():
        Gauge(name, text, ["worker"], registry=registry).labels(str(os.getpid())).set(value)
    response = make_response(generate_latest(registry))
    response.content_type = CONTENT_TYPE_LATEST
    return response


def _turned_away() -> int:
    # Only the worker of `claps serve` has a door.
    door = current_app.extensions.get("claps-door")
    return 0 if door is None else int(door.turned_away)


def _plain(text: str, status: int) -> Response:
    response = make_response(text, status)
    response.content_type = "text/plain; charset=utf-8"
    response.headers["Cache-Control"] = "no-store"
    return response
