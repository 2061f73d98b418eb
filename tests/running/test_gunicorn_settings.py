"""gunicorn is told what our settings say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from claps.settings import ROOT

SHOW = """
import json
from claps.running import gunicorn_settings as told
print(json.dumps([told.bind, told.workers, told.worker_class, told.forwarded_allow_ips, told.chdir]))
"""


def show(**environ: str) -> list[object]:
    """What gunicorn is told."""
    command = [sys.executable, "-c", SHOW]
    done = subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    told: list[object] = json.loads(done.stdout)
    return told


def test_addresses_and_workers_are_passed_on(tmp_path: Path) -> None:
    told = show(CLAPS_VAR=str(tmp_path), CLAPS_BIND="127.0.0.1:8123", CLAPS_WORKERS="3")

    assert told == [["127.0.0.1:8123"], 3, "claps.running.worker.Worker", "", str(ROOT)]


def test_proxies_are_believed_only_where_they_are_named(tmp_path: Path) -> None:
    assert show(CLAPS_VAR=str(tmp_path), CLAPS_TRUSTED_PROXIES="1")[3] == "*"
