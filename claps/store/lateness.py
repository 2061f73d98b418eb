"""How late it was last, so that a clock that is set back while nothing runs is found out."""

from __future__ import annotations

from typing import Any

from peewee import BigIntegerField, IntegerField

from claps.plain.limits import LEAD_SECONDS_MOST
from claps.store.database import Model


class Lateness(Model):
    """One row: the latest moment that a worker has noted, in milliseconds of Unix time."""

    id = IntegerField(primary_key=True)
    at_ms = BigIntegerField()


def read_lateness() -> int:
    """Read how late it was; 0 when nobody has noted it."""
    row: Any = Lateness.get_or_none(Lateness.id == 1)
    return 0 if row is None else int(row.at_ms)


def note_lateness(at_ms: int) -> None:
    """Note how late it is, unless somebody has noted a later moment of the next day; call inside a transaction."""
    is_over = (Lateness.at_ms < at_ms) | (Lateness.at_ms > at_ms + LEAD_SECONDS_MOST * 1000)
    if not Lateness.update(at_ms=at_ms).where((Lateness.id == 1) & is_over).execute():
        Lateness.insert(id=1, at_ms=at_ms).on_conflict_ignore().execute()
