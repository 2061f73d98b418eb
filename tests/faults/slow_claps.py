"""Claps with an address that keeps the worker to itself: ``/slow``, of which it can do twenty a second."""

from __future__ import annotations

from gevent.monkey import get_original

from wsgi import app

WORK_SECONDS = 0.05
_wait = get_original("time", "sleep")


@app.get("/slow")
def slow() -> str:
    """Take the worker's time."""
    _wait(WORK_SECONDS)
    return "done"
