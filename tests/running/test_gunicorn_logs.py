"""gunicorn's log among everybody's."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from claps.settings import ROOT

SPEAK = """
from gunicorn.config import Config
from claps.running.gunicorn_logs import Log
log = Log(Config())
log.reopen_files()
log.warning("full with %d files", 7)
"""


def test_gunicorn_speaks_once_and_as_everybody_does(tmp_path: Path) -> None:
    environ = {"CLAPS_VAR": str(tmp_path), "CLAPS_LOG": "json"}

    done = subprocess.run([sys.executable, "-c", SPEAK], env=environ, cwd=ROOT, capture_output=True, timeout=30)

    told = json.loads(done.stderr)
    assert (told["logger"], told["message"]) == ("gunicorn.error", "full with 7 files")
