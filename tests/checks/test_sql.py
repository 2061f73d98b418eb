"""Does the database keep what it commits?"""

from __future__ import annotations

from pathlib import Path

from claps.app import build_core
from claps.checks.sql import check_mysql, check_sql, check_sqlite, check_tables
from claps.settings import ROOT, Settings
from claps.store.durability import MysqlTable
from claps.store.migrations import migrate
from tests.parts.mariadb_server import MariadbServer


def grades_of(url: str, *, migrated: bool = True) -> dict[str, str]:
    """What a check says of a database, by the grade."""
    core = build_core(Settings(url, None, "k" * 32))
    if migrated:
        migrate(core.database, ROOT / "migrations")
    found = check_sql(core)
    core.database.close()
    return {finding.said: finding.grade for finding in found}


def test_a_migrated_database_is_well(database_url: str) -> None:
    assert set(grades_of(database_url).values()) == {"ok"}


def test_pending_migrations_are_unsafe(database_url: str) -> None:
    core = build_core(Settings(database_url, None, "k" * 32))
    core.database.ask()

    last = check_sql(core)[-1]
    core.database.close()

    assert (last.grade, last.remedy) == ("unsafe", "claps migrate")
    assert "0003_create_counts" in last.said


def test_a_mariadb_that_flushes_once_a_second_is_unsafe(mariadb: MariadbServer) -> None:
    url = mariadb.make_database()
    mariadb.run("SET GLOBAL innodb_flush_log_at_trx_commit = 2")

    grades = grades_of(url)
    mariadb.run("SET GLOBAL innodb_flush_log_at_trx_commit = 1")
    mariadb.drop_database(url)

    assert [said for said, grade in grades.items() if grade == "unsafe" and "last second" in said]


def test_a_database_that_is_away_is_unsafe(mariadb: MariadbServer) -> None:
    url = mariadb.make_database().replace(f":{mariadb.port}/", ":1/")

    assert list(grades_of(url, migrated=False).values()) == ["unsafe"]


def test_a_file_that_is_not_there_is_not_made_by_looking(tmp_path: Path) -> None:
    grades = grades_of(f"sqlite:///{tmp_path / 'none.db'}", migrated=False)

    assert list(grades.values()) == ["unseen"]
    assert not list(tmp_path.iterdir())


def test_a_binary_log_that_lags_and_too_few_connections_are_unsafe() -> None:
    told = {"log_bin": "on", "sync_binlog": "0", "read_only": "on", "max_connections": "10"}

    found = check_mysql(told, workers=2)

    assert [finding.grade for finding in found if finding.grade != "ok"] == ["unsafe"] * 3


def test_tables_without_transactions_or_letters_are_found() -> None:
    tables = [MysqlTable("clap", "MyISAM", "utf8mb4_bin"), MysqlTable("post", "InnoDB", "latin1_swedish_ci")]

    assert [finding.grade for finding in check_tables(tables)] == ["unsafe", "warn"]


def test_sqlite_without_wal_or_fsync_is_unsafe() -> None:
    assert check_sqlite({"journal_mode": "delete", "synchronous": "2"})[0].grade == "unsafe"
    assert check_sqlite({"journal_mode": "wal", "synchronous": "1"})[0].grade == "unsafe"
