"""Does the database keep what it commits, and has it the form that this version expects?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from claps.app import Core
from claps.checks.findings import Finding, ok, unsafe, unseen, warn
from claps.plain.errors import Unavailable
from claps.settings import ROOT
from claps.store.durability import (
    CONNECTIONS_PER_WORKER,
    MysqlTable,
    read_mysql,
    read_mysql_tables,
    read_sqlite,
)
from claps.store.migrations import pending

ABOUT = "SQL"


def has_file(core: Core) -> bool:
    """True when there is something to connect to: looking at SQLite must not make an empty database."""
    url = urlsplit(core.settings.database_url)
    return url.scheme != "sqlite" or Path(url.path[1:]).exists()


def check_sql(core: Core) -> list[Finding]:
    """Look at the database of these settings."""
    if not has_file(core):
        return [unseen(ABOUT, "is not there yet: the first “claps serve” or “claps migrate” makes it.")]
    try:
        core.database.ask()
        if core.database.is_sqlite:
            found = check_sqlite(read_sqlite(core.database))
        else:
            found = [
                *check_mysql(read_mysql(core.database), workers=core.settings.workers),
                *check_tables(read_mysql_tables(core.database)),
            ]
        return [*found, check_migrations(pending(core.database, ROOT / "migrations"))]
    except Unavailable as error:
        return [unsafe(ABOUT, f"does not answer: {error.message}", "Start it, or correct CLAPS_DATABASE_URL.")]


def check_sqlite(told: Mapping[str, str]) -> list[Finding]:
    """Is a commit on disk when SQLite says so?"""
    if told["journal_mode"] != "wal":
        return [
            unsafe(
                ABOUT, f"SQLite could not change to WAL (journal_mode {told['journal_mode']}): readers block writers.",
                "Keep the file on a local disk, in a folder that Claps may write to.",
            )
        ]
    if told["synchronous"] not in ("2", "3"):
        return [
            unsafe(
                ABOUT, f"SQLite commits without waiting for the disk (synchronous {told['synchronous']}).",
                "Look who changed it: Claps asks for 2 (FULL) with every connection.",
            )
        ]
    return [ok(ABOUT, "SQLite writes every commit to disk (WAL, synchronous FULL).")]


def check_mysql(told: Mapping[str, str], *, workers: int) -> list[Finding]:
    """Is a commit on disk when MySQL says so, and can all workers connect?"""
    found = [ok(ABOUT, f"answers: {told.get('version', 'MySQL')}.")]
    flushing = told.get("innodb_flush_log_at_trx_commit", "1")
    if flushing == "1":
        found.append(ok(ABOUT, "writes every commit to disk (innodb_flush_log_at_trx_commit 1)."))
    else:
        found.append(
            unsafe(
                ABOUT, f"may lose the last second of commits (innodb_flush_log_at_trx_commit {flushing}), after the "
                "journal was trimmed.",
                "SET GLOBAL innodb_flush_log_at_trx_commit = 1, and the same under [mysqld] in my.cnf.",
            )
        )
    if told.get("log_bin") == "on" and told.get("sync_binlog") != "1":
        found.append(
            unsafe(
                ABOUT, f"writes a binary log but not to disk with each commit (sync_binlog {told.get('sync_binlog')}): "
                "replicas and restored backups may miss claps.",
                "SET GLOBAL sync_binlog = 1, and the same under [mysqld] in my.cnf.",
            )
        )
    if told.get("innodb_doublewrite", "on") in ("off", "0"):
        found.append(
            warn(
                ABOUT, "may find half-written pages after a power cut (innodb_doublewrite off).",
                "Turn it on, unless the file system writes whole pages (ZFS).",
            )
        )
    if told.get("read_only", "off") not in ("off", "0", "no_lock"):
        found.append(unsafe(ABOUT, "is read-only: the journal cannot be flushed.", "Connect to the primary."))
    connections, wanted = int(told.get("max_connections", 0)), workers * CONNECTIONS_PER_WORKER + 2
    if connections and connections < wanted:
        found.append(
            unsafe(
                ABOUT, f"takes {connections} connections, and {workers} workers may need {wanted}.",
                f"SET GLOBAL max_connections = {wanted * 2}, and the same under [mysqld] in my.cnf.",
            )
        )
    return found


def check_tables(tables: list[MysqlTable]) -> list[Finding]:
    """Do the tables know transactions, and every letter?"""
    found = []
    for table in tables:
        if table.engine.lower() != "innodb":
            found.append(
                unsafe(
                    ABOUT, f"keeps the table {table.name} in {table.engine}, which knows no transactions.",
                    f"ALTER TABLE `{table.name}` ENGINE=InnoDB",
                )
            )
        if not table.collation.startswith("utf8mb4"):
            found.append(
                warn(
                    ABOUT, f"cannot keep every letter in {table.name} ({table.collation}): an emoji fails.",
                    f"ALTER TABLE `{table.name}` CONVERT TO CHARACTER SET utf8mb4",
                )
            )
    return found


def check_migrations(names: list[str]) -> Finding:
    """Have the tables the form that this version expects?"""
    if names:
        return unsafe(ABOUT, f"lacks {len(names)} migrations: {', '.join(names)}.", "claps migrate")
    return ok(ABOUT, "has every migration.")
