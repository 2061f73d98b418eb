"""Errands: work that was promised in the transaction of a change, and is done after it, in steps."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from peewee import BigAutoField, BigIntegerField, CharField, DateTimeField, IntegerField, TextField, fn

from claps.store.database import Database, Model

# Who has begun an errand has it for so long; then another one may think that he has died.
HELD_SECONDS = 30


class Errand(Model):
    """One piece of work; ``due_at`` lies ahead while somebody has it in hand."""

    id = BigAutoField()
    kind = CharField(max_length=20)
    body = TextField()
    cursor = BigIntegerField(default=0)
    tries = IntegerField(default=0)
    due_at = DateTimeField()
    created_at = DateTimeField()


@dataclass(frozen=True, slots=True)
class Task:
    """An errand as it was taken in hand: where its next step begins is ``cursor``."""

    id: int
    kind: str
    body: dict[str, Any]
    cursor: int
    tries: int
    created_at: datetime


def add_errand(kind: str, body: dict[str, Any], *, delay_seconds: float = 0) -> int:
    """Promise work; call inside the transaction of the change that it follows from; return its id."""
    now = _now()
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    row: Any = Errand.create(kind=kind, body=text, due_at=now + timedelta(seconds=delay_seconds), created_at=now)
    return int(row.id)


def take_errand(kinds: Iterable[str]) -> Task | None:
    """Take the longest due errand in hand; call inside a transaction.

    Two who want the same one meet at its row, and one of them looks further.
    """
    now = _now()
    query = Errand.select().where((Errand.due_at <= now) & Errand.kind.in_(list(kinds))).order_by(Errand.due_at)
    for row in query.limit(10):
        held = now + timedelta(seconds=HELD_SECONDS)
        taken = Errand.update(due_at=held).where((Errand.id == row.id) & (Errand.due_at == row.due_at)).execute()
        if taken:
            return _task(row)
    return None


def bodies_of(kind: str) -> list[dict[str, Any]]:
    """Read what all errands of a kind are about."""
    return [json.loads(row.body) for row in Errand.select(Errand.body).where(Errand.kind == kind)]


def lock_errand(database: Database, task: Task) -> bool:
    """Hold an errand's row until the transaction ends; False when its next step is not ours any more."""
    query: Any = Errand.select(Errand.cursor).where(Errand.id == task.id)
    row = (query if database.is_sqlite else query.for_update()).first()
    return row is not None and row.cursor == task.cursor


def move_errand(task: Task, cursor: int | None) -> None:
    """Note, in the transaction of a step, where the next one begins; None when all is done."""
    if cursor is None:
        Errand.delete().where(Errand.id == task.id).execute()
        return
    held = _now() + timedelta(seconds=HELD_SECONDS)
    Errand.update(cursor=cursor, tries=0, due_at=held).where(Errand.id == task.id).execute()


def put_off_errand(task: Task, *, seconds: float) -> None:
    """Try an errand again later, because a step failed; call inside a transaction."""
    due = _now() + timedelta(seconds=seconds)
    Errand.update(tries=task.tries + 1, due_at=due).where(
        (Errand.id == task.id) & (Errand.cursor == task.cursor)
    ).execute()


def errands_waiting() -> tuple[int, datetime | None]:
    """Tell how many errands wait, and since when the oldest does; what is promised for another day does not wait."""
    soon = Errand.due_at < _now() + timedelta(hours=1)
    query: Any = Errand.select(fn.COUNT(Errand.id), fn.MIN(Errand.created_at)).where(soon).tuples()
    count, oldest = query.get()
    if isinstance(oldest, str):
        oldest = datetime.fromisoformat(oldest)
    return int(count), None if oldest is None else oldest.replace(tzinfo=UTC)


def errands_late(before: datetime) -> int:
    """Count the errands that should have been taken in hand before a moment, and were not."""
    moment = before.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    return int(Errand.select().where((Errand.due_at < moment) & (Errand.tries == 0)).count())


def errands_failing(least_tries: int, *, limit: int) -> list[Task]:
    """Read errands that have failed so often in a row, the most stubborn first."""
    rows = Errand.select().where(Errand.tries >= least_tries).order_by(Errand.tries.desc(), Errand.id).limit(limit)
    return [_task(row) for row in rows]


def _task(row: Any) -> Task:
    body: dict[str, Any] = json.loads(row.body)
    return Task(row.id, row.kind, body, row.cursor, row.tries, row.created_at.replace(tzinfo=UTC))


def _now() -> datetime:
    # Whole microseconds are more than MySQL keeps; what is compared must be what was written.
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
