"""Starts ``ledger_load``, in one process or in several at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from claps.settings import ROOT
from tests.parts.claps_server import SECRET_KEY

SECONDS = 120


class Ledgers:
    """Processes that clap and flush on one Redis and one database.

    :param database_url: SQLite in ``folder`` when it is empty.
    """

    def __init__(self, folder: Path, *, redis_url: str, database_url: str = "") -> None:
        self._environ = {name: value for name, value in os.environ.items() if not name.startswith("CLAPS_")} | {
            "CLAPS_VAR": str(folder / "var"),
            "CLAPS_SECRET_KEY": SECRET_KEY,
            "CLAPS_REDIS_URL": redis_url,
            "CLAPS_DATABASE_URL": database_url,
        }
        self.run("prepare")

    def run(self, *words: str, processes: int = 1) -> list[dict[str, float]]:
        """Do one task in so many processes at once; return what each printed."""
        command = [sys.executable, "-m", "benchmarks.ledger_load", *words]
        running = [
            subprocess.Popen(
                command, env=self._environ, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
            )
            for _ in range(processes)
        ]
        try:
            texts = [process.communicate(timeout=SECONDS)[0] for process in running]
        finally:
            for process in running:
                process.kill()
        codes = [process.wait() for process in running]
        assert not any(codes), f"{words[0]} ended with {codes}"
        return [json.loads(text) for text in texts]
