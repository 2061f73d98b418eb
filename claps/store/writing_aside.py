"""SQLite that does not stop everybody while it writes: what may wait for the disk runs in a thread of the system's.

A commit is an fsync, and the disk decides how long it takes: half a millisecond, or a tenth of a second. SQLite lets
go of the interpreter meanwhile, but it knows nothing of greenlets: in the worker's only thread nobody would go on.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import gevent


class Cursor(sqlite3.Cursor):
    """A cursor that gives way while its statement runs in a transaction."""

    def execute(self, sql: str, parameters: Any = ()) -> Cursor:
        """Run a statement."""
        if self.connection.in_transaction or sql.startswith("BEGIN"):
            _run_aside(lambda: super(Cursor, self).execute(sql, parameters))
        else:
            super().execute(sql, parameters)
        return self


class Connection(sqlite3.Connection):
    """A connection whose transactions run aside; what is read outside of one is read at once, without a thread.

    To be opened with ``check_same_thread=False``. It still serves one greenlet at a time.
    """

    def cursor(self, factory: Any = Cursor) -> Any:
        """Open a cursor of our kind."""
        return super().cursor(factory)


def _run_aside(work: Callable[[], object]) -> None:
    task = gevent.get_hub().threadpool.spawn(_attempt, work)
    try:
        error = task.get()
    except BaseException:
        # We are being killed, and the thread is still at it: until it is done, the connection is nobody else's.
        while not task.ready():
            with suppress(BaseException):  # who kills twice has been heard the first time
                task.wait()
        raise
    if error is not None:
        raise error


def _attempt(work: Callable[[], object]) -> Exception | None:
    # Returned and not raised: gevent would print what is raised in a thread.
    try:
        work()
    except Exception as error:
        return error
    return None
