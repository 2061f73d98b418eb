"""How SQL is reached: a bounded pool, clear time limits, and errors in the house's own words."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import gevent
import peewee
from gevent.lock import RLock
from playhouse import db_url
from playhouse.pool import MaxConnectionsExceeded

from claps.plain import allowance
from claps.plain.errors import Unavailable
from claps.plain.failing import SQL, note_failure
from claps.plain.meters import meters
from claps.plain.patience import (
    SQL_ANSWER_SECONDS,
    SQL_CONNECT_SECONDS,
    SQL_CONNECTIONS,
    SQL_POOL_SECONDS,
    SQL_SHUN_SECONDS,
    SQL_SILENT_SECONDS,
)
from claps.plain.silence import Silence
from claps.plain.spans import spans
from claps.store.statements import MYSQL, SQLITE
from claps.store.writing_aside import Connection

T = TypeVar("T")
TRIES = 8
# MySQL: 1213 deadlock found, 1205 lock wait timeout, 1020 record changed since last read (MariaDB 11).
_LOCKED_CODES = (1213, 1205, 1020)
# 1290 and 1836 read-only, as a primary is in whose place another was put; 1047 a Galera server without its group.
_READ_ONLY_CODES = (1290, 1836, 1047)

_LOCK_MILLISECONDS = 5_000

bound = peewee.DatabaseProxy()


class Model(peewee.Model):
    """The base of every table's model; which database it is bound to is decided at start."""

    class Meta:
        database = bound
        legacy_table_names = False


class Database:
    """One SQL database, SQLite or MySQL.

    Connections are taken for a piece of work and given back at once: a request that waits for news, or a
    parked socket, never holds one.

    :param url: ``sqlite:///path`` or ``mysql://user:password@host:port/name``, with ``?ssl_ca=/path`` for TLS.
    """

    def __init__(self, url: str) -> None:
        self.is_sqlite = urlsplit(url).scheme == "sqlite"
        self.peewee: Any = _open_sqlite(url) if self.is_sqlite else _open_mysql(url)
        self._shunned_until = 0.0
        self._silence = Silence(SQL, SQL_SILENT_SECONDS)
        # SQLite lets one write at a time; those of this process queue here instead of knocking in turns.
        self._turn: Any = RLock() if self.is_sqlite else nullcontext()
        bound.initialize(self.peewee)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Hold a connection for some queries.

        :raises Unavailable: SQL does not answer.
        """
        with self._silence.asking(), self._answering("read"), self._connection():
            yield

    def transact(self, work: Callable[[], T]) -> T:
        """Run ``work`` in one transaction, again from its start if another one held its locks.

        SQLite's begins with BEGIN IMMEDIATE, so that it cannot find out half-way that it may not write.

        :raises Unavailable: SQL does not answer, or stayed locked; nothing was written. When the connection
            broke during COMMIT it is not known whether it was.
        """
        self._silence.refuse()
        last: BaseException | None = None
        for turn in range(TRIES):
            try:
                with self._turn, self._answering("write"), self._connection(), self._atomic():
                    return work()
            except _Locked as locked:
                last = locked.__cause__
                gevent.sleep(random.uniform(0.02, 0.05) * (turn + 1))
        raise Unavailable("The database is busy.") from last

    def ask(self) -> None:
        """See whether SQL answers.

        :raises Unavailable: it does not.
        """
        with self.reading():
            self.peewee.execute_sql("SELECT 1")

    @contextmanager
    def waiting_longer(self) -> Iterator[None]:
        """Let SQLite itself wait for the locks of other processes, where nobody else in this one wants to go on.

        To be used with a connection held: what is done meanwhile is done with that one.
        """
        if not self.is_sqlite:
            yield
            return
        usual = self.peewee.pragma("busy_timeout")
        self.peewee.pragma("busy_timeout", _LOCK_MILLISECONDS)
        try:
            yield
        finally:
            self.peewee.pragma("busy_timeout", usual)

    def close(self) -> None:
        """Close every connection."""
        self.peewee.close_all()

    def _atomic(self) -> Any:
        return self.peewee.atomic("IMMEDIATE") if self.is_sqlite else self.peewee.atomic()

    @contextmanager
    def _connection(self) -> Iterator[None]:
        if not self.peewee.is_closed():
            yield
            return
        # A database that just refused is not asked again for a second: the pool connects under one lock,
        # and a hundred greenlets that wait for a dead host one after the other would wait for minutes.
        if time.monotonic() < self._shunned_until:
            note_failure(SQL)
            raise Unavailable("The database cannot be reached.")
        try:
            with self._silence.waiting(), allowance.current.get() or nullcontext():
                self.peewee.connect()
        except MaxConnectionsExceeded as error:
            meters.sql_errors[type(error).__name__] += 1
            raise Unavailable("The database is busy.") from error
        except peewee.OperationalError:
            self._shunned_until = time.monotonic() + SQL_SHUN_SECONDS
            raise
        try:
            yield
        except (peewee.OperationalError, peewee.InterfaceError, peewee.InternalError) as error:
            if not _is_locked(error):
                self._drop_connection()
            raise
        except Exception:
            raise
        except BaseException:
            # A timeout between question and answer leaves a connection that would answer the wrong one.
            self._drop_connection()
            raise
        finally:
            if not self.peewee.is_closed():
                self.peewee.close()

    def _drop_connection(self) -> None:
        try:
            self.peewee.manual_close()
        except peewee.PeeweeException:
            pass  # It is broken already; the pool has let go of it.
        # The server that broke it has most likely broken the others as well: one reader finds out, not eight.
        self.peewee.close_idle()

    @contextmanager
    def _answering(self, what: str) -> Iterator[None]:
        try:
            if spans.around is None:
                yield
            else:
                with spans.around("sqlite" if self.is_sqlite else "mysql", what):
                    yield
        except (peewee.OperationalError, peewee.InterfaceError, peewee.InternalError) as error:
            meters.sql_errors["Locked" if _is_locked(error) else type(error).__name__] += 1
            if _is_locked(error):
                raise _Locked from error
            if error.args and error.args[0] in _READ_ONLY_CODES:
                raise Unavailable("The database takes no writes right now.") from error
            note_failure(SQL)
            raise Unavailable("The database does not answer.") from error


def locked(query: Any) -> Any:
    """The rows of a query, held until the transaction ends; on SQLite its BEGIN IMMEDIATE holds them already."""
    return query if on_sqlite() else query.for_update()


def on_sqlite() -> bool:
    """True when SQL is SQLite."""
    return isinstance(bound.obj, peewee.SqliteDatabase)


class _Locked(Unavailable):
    """Somebody else holds the locks; the work may be tried again from its start."""

    def __init__(self) -> None:
        super().__init__("The database is busy.")


def _is_locked(error: BaseException) -> bool:
    if error.args and error.args[0] in _LOCKED_CODES:
        return True
    return "database is locked" in str(error) or "database table is locked" in str(error)


def _open_sqlite(url: str) -> Any:
    path = urlsplit(url).path[1:]
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    return db_url.connect(
        url.replace("sqlite", SQLITE, 1),
        max_connections=SQL_CONNECTIONS,
        timeout=SQL_POOL_SECONDS,
        factory=Connection,
        check_same_thread=False,
        # synchronous=FULL: with NORMAL a power cut may undo the last commits, after the journal was trimmed.
        # busy_timeout is short, because SQLite waits without giving way to other greenlets; we wait ourselves.
        pragmas={"journal_mode": "wal", "synchronous": "full", "foreign_keys": 1, "busy_timeout": 50},
    )


def _open_mysql(url: str) -> Any:
    return db_url.connect(
        url.replace("mysql", MYSQL, 1),
        unquote_password=True,
        **_tls(url),
        max_connections=SQL_CONNECTIONS,
        timeout=SQL_POOL_SECONDS,
        stale_timeout=300,
        charset="utf8mb4",
        connect_timeout=SQL_CONNECT_SECONDS,
        read_timeout=SQL_ANSWER_SECONDS,
        write_timeout=SQL_ANSWER_SECONDS,
        # READ COMMITTED takes no gap locks, so that two who insert do not wait in a circle.
        init_command="SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
    )


def _tls(url: str) -> dict[str, bool]:
    # Left to itself the driver would encrypt, and check nobody's certificate.
    options = dict(parse_qsl(urlsplit(url).query))
    if "ssl_ca" not in options:
        return {}
    return {"ssl_verify_cert": True, "ssl_verify_identity": options.get("ssl_verify_identity", "true") != "false"}
