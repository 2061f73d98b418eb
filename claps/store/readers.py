"""Readers: people and guests alike, by number."""

from __future__ import annotations

from collections.abc import Iterable

from peewee import BigIntegerField, DateTimeField, chunked

from claps.store.bulk import add_dated
from claps.store.database import Model

ROWS_PER_STATEMENT = 500


class Reader(Model):
    """One who reads; a guest gets a row with the first clap that reaches SQL."""

    id = BigIntegerField(primary_key=True)
    created_at = DateTimeField()


def note_readers(reader_ids: Iterable[int]) -> None:
    """Insert those who have no row yet; call inside a transaction."""
    for part in chunked(sorted(set(reader_ids)), ROWS_PER_STATEMENT):
        add_dated("reader", part)
