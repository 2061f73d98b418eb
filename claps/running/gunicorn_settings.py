"""gunicorn's settings for ``claps serve``, read by it as ``python:claps.running.gunicorn_settings``."""

from __future__ import annotations

import os

from claps.settings import ROOT, read_settings

_settings = read_settings(os.environ)

bind = [_settings.bind]
workers = _settings.workers
worker_class = "claps.running.worker.Worker"
chdir = str(ROOT)
# Requests under way; parked sockets are none.
worker_connections = 2_000
backlog = 4_096
keepalive = 15
timeout = 60
graceful_timeout = 20
accesslog = None
loglevel = "warning"
control_socket_disable = True
forwarded_allow_ips = "*" if _settings.trusted_proxies else "127.0.0.1"
