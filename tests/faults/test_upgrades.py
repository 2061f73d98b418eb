"""Tomorrow's migration is applied while today's code serves: no request fails, and the laws hold."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from claps.store.database import Database
from claps.store.migrations import migrate
from tests.faults.books import Books
from tests.faults.conftest import MakeServer
from tests.faults.crowd import Crowd
from tests.parts.redis_server import RedisServer

# Of each kind that a migration may have, on the tables that are written to most.
TOMORROW = '''
"""What tomorrow brings."""

from peewee import CharField, Model


class Bell(Model):
    name = CharField(max_length=20)

    class Meta:
        legacy_table_names = False


def up(migrator, db):
    with db.bind_ctx([Bell], False, False):
        db.create_tables([Bell])
    migrator.migrate(
        migrator.add_column("post", "mood", CharField(max_length=20, null=True)),
        migrator.sql("ALTER TABLE clap ADD COLUMN loudness INTEGER NOT NULL DEFAULT 1"),
        migrator.add_index("clap", ("loudness",)),
    )
'''


def test_a_migration_passes_under_load(
    make_server: MakeServer, filled_url: str, redis: RedisServer, books: Books, tmp_path: Path
) -> None:
    server = make_server(database_url=filled_url, redis_url=redis.url, environ={"CLAPS_FLUSH_SECONDS": "0.05"})
    server.start()
    before = books.stored()
    folder = tmp_path / "tomorrow"
    folder.mkdir()
    (folder / "9001_bring_tomorrow.py").write_text(TOMORROW)

    with Crowd(server) as crowd, closing(Database(filled_url)) as database:
        crowd.wait_for_claps()
        assert migrate(database, folder) == ["9001_bring_tomorrow"]
        crowd.wait_for_claps()
    server.stop()

    assert not crowd.refusals
    assert "the journal" not in server.log_text
    crowd.check(books, before)
    assert books.query("SELECT MIN(loudness), MAX(loudness) FROM clap") == [(1, 1)]
