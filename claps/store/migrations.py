"""Brings the tables to the form that this code expects, with peewee's own runner."""

from __future__ import annotations

import random
from pathlib import Path

import gevent
from playhouse.migrations import Runner

from claps.plain.errors import Unavailable
from claps.store.database import Database

TRIES = 20


def migrate(database: Database, folder: Path) -> list[str]:
    """Apply the pending migrations in their order; return the names of those applied now.

    :raises Unavailable: SQL does not answer; those that were applied stay so.
    """
    before = set(pending(database, folder))
    for turn in range(1, TRIES + 1):
        try:
            _apply(database, folder)
            break
        except Unavailable:
            # On SQLite others write meanwhile, and one that began with reading may have to begin anew.
            if turn == TRIES or not database.is_sqlite:
                raise
            gevent.sleep(random.uniform(0.02, 0.05) * turn)
    return sorted(before - set(pending(database, folder)))


def _apply(database: Database, folder: Path) -> None:
    with database.reading():
        # Nobody else goes on in a process that migrates, so it may wait for those of other processes.
        with database.waiting_longer():
            Runner(database.peewee, str(folder)).up()


def pending(database: Database, folder: Path) -> list[str]:
    """Name the migrations that are not applied yet."""
    with database.reading():
        return [item.name for item in Runner(database.peewee, str(folder)).status() if not item.applied]
