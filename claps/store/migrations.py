"""Brings the tables to the form that this code expects, with peewee's own runner."""

from __future__ import annotations

from pathlib import Path

from playhouse.migrations import Runner

from claps.store.database import Database


def migrate(database: Database, folder: Path) -> list[str]:
    """Apply the pending migrations in their order; return the names of those applied now."""
    with database.reading():
        applied: list[str] = Runner(database.peewee, str(folder)).up()
    return applied


def pending(database: Database, folder: Path) -> list[str]:
    """Name the migrations that are not applied yet."""
    with database.reading():
        return [item.name for item in Runner(database.peewee, str(folder)).status() if not item.applied]
