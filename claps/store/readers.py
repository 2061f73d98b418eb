"""Readers: people and guests alike, by number."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from peewee import BigIntegerField, DateTimeField, chunked

from claps.store.bulk import add_rows
from claps.store.database import Model

ROWS_PER_STATEMENT = 500


class Reader(Model):
    """One who reads; a guest gets a row with the first clap that reaches SQL."""

    id = BigIntegerField(primary_key=True)
    created_at = DateTimeField()


def note_readers(reader_ids: Iterable[int]) -> None:
    """Insert those who have no row yet; call inside a transaction."""
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
    rows = [(reader_id, now) for reader_id in sorted(set(reader_ids))]
    for part in chunked(rows, ROWS_PER_STATEMENT):
        add_rows("reader", ("id", "created_at"), part)
