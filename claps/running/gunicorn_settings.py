"""gunicorn's settings for ``claps serve``, read by it as ``python:claps.running.gunicorn_settings``."""

from __future__ import annotations

import os
import signal
from typing import Any

from claps.plain.patience import HEAD_FIELDS, KEEP_SECONDS
from claps.settings import ROOT, read_settings

_settings = read_settings(os.environ)

bind = [_settings.bind]
workers = _settings.workers
worker_class = "claps.running.worker.Worker"
chdir = str(ROOT)
# Requests under way; parked sockets are none.
worker_connections = 2_000
# Who is cut off together comes back together, and waits here; the kernel takes no more than net.core.somaxconn.
backlog = 65_535
keepalive = KEEP_SECONDS
# Fifty topics with their versions are a line of 5 KB; a browser and two proxies send about forty fields.
limit_request_line = 8_190
limit_request_fields = HEAD_FIELDS
limit_request_field_size = 8_190
timeout = 60
graceful_timeout = 20
accesslog = None
loglevel = "warning"
logger_class = "claps.running.gunicorn_logs.Log"
control_socket_disable = True
forwarded_allow_ips = "*" if _settings.trusted_proxies else ""


def post_fork(arbiter: Any, worker: Any) -> None:
    """Let a worker that is told to stop before it can listen to signals just end.

    Until then it has its parent's handlers, which put the signal in a queue that nobody reads in a child: the
    parent would wait for it until ``graceful_timeout``.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
