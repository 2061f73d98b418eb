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


QUOTE = """
from gunicorn.config import Config
from claps.running.gunicorn_logs import Log
log = Log(Config())
log.warning("Invalid request from ip=192.0.2.7: Invalid HTTP Header: 'session=s3cret'")
try:
    raise OSError("gone")
except OSError:
    log.exception("Error handling request %s %s", "GET", "/oauth/authorize?code=s3cret")
"""


def test_what_somebody_sent_is_not_quoted(tmp_path: Path) -> None:
    environ = {"CLAPS_VAR": str(tmp_path)}

    done = subprocess.run([sys.executable, "-c", QUOTE], env=environ, cwd=ROOT, capture_output=True, timeout=30)

    said = done.stderr.decode()
    assert "Invalid request: Invalid HTTP Header: …" in said
    assert "Error handling request GET /oauth/authorize\n" in said
    assert "s3cret" not in said.replace("code=s3cret\")", "")
