"""``claps serve``: starts everything in its order, starts again what dies, and stops it so that nothing is lost."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from types import FrameType

from claps.acts.flush import flush_all
from claps.app import build_core
from claps.demo.filling import fill_demo, is_empty
from claps.plain.errors import ClapsError, Unavailable
from claps.running.children import start_child, stop_child
from claps.running.embedded_redis import EmbeddedRedis
from claps.settings import ROOT, Settings, embedded_socket
from claps.store.figure_laws import settle_gaps
from claps.store.migrations import migrate

log = logging.getLogger(__name__)
LOOK_SECONDS = 0.2
STOP_SECONDS = 25
# For so long what was clapped last is carried into SQL, when it is busy or away.
LAST_FLUSH_SECONDS = 10
# Migrations that are named one by one; a first start does all of them.
FEW = 8


class Supervisor:
    """The parent of all that ``claps serve`` runs.

    :param say: shows a line to whoever started it.
    """

    def __init__(self, settings: Settings, *, say: Callable[[str], None]) -> None:
        self._settings = settings
        self._say = say
        self._stopping = threading.Event()
        self._redis: EmbeddedRedis | None = None
        self._web: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        """Serve until told to stop; return the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        for number in (signal.SIGTTIN, signal.SIGTTOU):
            signal.signal(number, self._pass_on)
        self._settings.var.mkdir(parents=True, exist_ok=True)
        self._find_redis()
        _refuse_taken(self._settings.bind)
        try:
            if self._redis is not None:
                self._redis.start()
                self._redis.wait()
            self._prepare()
            if not self._stopping.is_set():
                self._web = self._start_web()
                self._say(f"Claps is at http://{self._settings.bind}  (Ctrl-C stops it)")
            return self._look_after()
        finally:
            self._stop()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stopping.set()

    def _pass_on(self, number: int, frame: FrameType | None) -> None:
        # gunicorn adds a worker, or takes one away.
        if self._web is not None and self._web.poll() is None:
            self._web.send_signal(number)

    def _find_redis(self) -> None:
        if self._settings.redis_url is not None:
            return
        var = self._settings.var.resolve()
        self._redis = EmbeddedRedis(var / "redis", embedded_socket(var), var / "redis.log")
        self._redis.refuse_second()

    def _prepare(self) -> None:
        core = build_core(self._settings)
        if names := migrate(core.database, ROOT / "migrations"):
            log.info("migrated: %s", ", ".join(names) if len(names) < FEW else f"{names[0]} to {names[-1]}")
        if settled := core.database.transact(lambda: settle_gaps(core.database)):
            log.info("%d posts and writers had counts that no figure told of; they are in opening rows now", settled)
        if self._settings.is_embedded and is_empty(core.database):
            self._say("The first run: filling in a demo.")
            fill_demo(core)
        core.database.close()

    def _start_web(self) -> subprocess.Popen[bytes]:
        environ = {**os.environ, "CLAPS_VAR": str(self._settings.var.resolve())}
        command = [sys.executable, "-m", "gunicorn", "--config", "python:claps.running.gunicorn_settings", "wsgi:app"]
        return start_child(command, environ)

    def _look_after(self) -> int:
        while not self._stopping.wait(LOOK_SECONDS):
            if self._redis is not None and not self._redis.is_running():
                log.error("Redis has ended; starting it again")
                self._redis.start()
            if self._web is not None and self._web.poll() is not None:
                log.error("the web server has ended with code %d; starting it again", self._web.returncode)
                if self._stopping.wait(1.0):
                    break
                self._web = self._start_web()
        return 0

    def _stop(self) -> None:
        # Readers first, then what they have done goes into SQL, then Redis.
        began, waits = time.monotonic(), ""
        if self._web is not None:
            stop_child(self._web, seconds=STOP_SECONDS)
            waits = self._flush_last()
        if waits:
            log.warning("the journal stays in Redis until the next start: %s", waits)
        if self._redis is not None:
            self._redis.stop()
        self._say(f"Stopped after {time.monotonic() - began:.1f} s; nothing is lost.")

    def _flush_last(self) -> str:
        # Why it could not be done, or an empty text. A backup, or another program, may hold locks for a while.
        ends = time.monotonic() + LAST_FLUSH_SECONDS
        while True:
            try:
                core = build_core(self._settings)
                with closing(core.database):
                    flush_all(core.database, core.journal, reopen=core.mending.reopen)
                return ""
            except ClapsError as error:
                if time.monotonic() >= ends:
                    return error.message
            time.sleep(LOOK_SECONDS)


def _refuse_taken(bind: str) -> None:
    # gunicorn would try for six seconds, and then it would be started again for ever.
    host, _, port = bind.rpartition(":")
    if bind.startswith("unix:"):
        return
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host.strip("[]"), int(port)), family=family).close()
    except OSError as error:
        code = error.errno or 0
        why = os.strerror(code) if code > 0 else error
        raise Unavailable(f"{bind} cannot be listened on ({why}); name another address in CLAPS_BIND.") from error
