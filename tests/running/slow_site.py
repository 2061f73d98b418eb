"""An application that keeps the worker to itself with each request, and answers with how many it has served."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gevent.monkey import get_original

WORK_SECONDS = 0.05
_wait = get_original("time", "sleep")
_served: list[str] = []


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer a request."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    if environ["PATH_INFO"] != "/healthz":
        _wait(WORK_SECONDS)
        _served.append(environ["PATH_INFO"])
    return [str(len(_served)).encode()]
