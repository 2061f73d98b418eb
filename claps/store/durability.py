"""What a database tells of itself: how safe a commit is there, and how its tables are kept."""

from __future__ import annotations

from dataclasses import dataclass

from claps.plain.patience import SQL_CONNECTIONS
from claps.store.database import Database

# A worker's pool, and one connection for whoever looks from outside.
CONNECTIONS_PER_WORKER = SQL_CONNECTIONS
_VARIABLES = (
    "character_set_server", "innodb_doublewrite", "innodb_flush_log_at_trx_commit", "log_bin", "max_connections",
    "read_only", "sync_binlog", "version",
)


@dataclass(frozen=True, slots=True)
class MysqlTable:
    """How MySQL keeps one of the tables."""

    name: str
    engine: str
    collation: str


def read_sqlite(database: Database) -> dict[str, str]:
    """Read SQLite's ``journal_mode`` (``wal``) and ``synchronous`` (2 is FULL), as our connections set them."""
    with database.reading():
        return {
            name: str(database.peewee.execute_sql(f"PRAGMA {name}").fetchone()[0])
            for name in ("journal_mode", "synchronous")
        }


def read_mysql(database: Database) -> dict[str, str]:
    """Read the variables of a MySQL or MariaDB server that durability hangs on, in lower case."""
    names = ", ".join(f"'{name}'" for name in _VARIABLES)
    with database.reading():
        rows = database.peewee.execute_sql(f"SHOW GLOBAL VARIABLES WHERE Variable_name IN ({names})").fetchall()
    return {str(name): str(value).lower() for name, value in rows}


def read_mysql_tables(database: Database) -> list[MysqlTable]:
    """Read how MySQL keeps each table of this database."""
    with database.reading():
        rows = database.peewee.execute_sql(
            "SELECT table_name, engine, table_collation FROM information_schema.tables "
            "WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY table_name"
        ).fetchall()
    return [MysqlTable(str(name), str(engine), str(collation)) for name, engine, collation in rows]


def count_tables(database: Database) -> int:
    """Count the tables that there are."""
    with database.reading():
        return len(database.peewee.get_tables())
