"""What programs have asked under keys of their own (``Idempotency-Key``), and what they were answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from peewee import BigIntegerField, CharField, CompositeKey, DateTimeField, IntegerField, TextField

from claps.store.database import Model, locked


class Repeat(Model):
    """One request; without a ``status`` it is being answered right now."""

    person_id = BigIntegerField()
    key_digest = CharField(max_length=64)
    asked_digest = CharField(max_length=64)
    status = IntegerField(null=True)
    head = TextField(default="")
    body = TextField(default="")
    at = DateTimeField(index=True)

    class Meta:
        primary_key = CompositeKey("person_id", "key_digest")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked under a key before, and its answer; ``status`` is None while there is none."""

    asked_digest: str
    at: datetime
    status: int | None
    head: str
    body: str


def begin(person_id: int, key_digest: str, asked_digest: str) -> bool:
    """Note that something is asked for the first time; False when the key was used before."""
    row = {"person_id": person_id, "key_digest": key_digest, "asked_digest": asked_digest, "at": _now()}
    # The primary key decides between two who come in the same moment.
    return bool(Repeat.insert(row).on_conflict_ignore().as_rowcount().execute())


def hold(person_id: int, key_digest: str) -> Asked | None:
    """Read what was asked under a key, and hold its row until the transaction ends."""
    row = locked(Repeat.select().where(_is(person_id, key_digest))).first()
    if row is None:
        return None
    return Asked(row.asked_digest, row.at.replace(tzinfo=UTC), row.status, row.head, row.body)


def begin_again(person_id: int, key_digest: str) -> None:
    """Note that who was answering has died, and that somebody else does it now."""
    Repeat.update(at=_now()).where(_is(person_id, key_digest)).execute()


def finish(person_id: int, key_digest: str, *, status: int, head: str, body: str) -> None:
    """Keep an answer."""
    Repeat.update(status=status, head=head, body=body).where(_is(person_id, key_digest)).execute()


def forget(person_id: int, key_digest: str) -> None:
    """Nothing was done: whoever asks again begins anew."""
    Repeat.delete().where(_is(person_id, key_digest)).execute()


def drop_before(moment: datetime, limit: int) -> int:
    """Forget what was asked before a moment; return how many."""
    old: Any = Repeat.select(Repeat.person_id, Repeat.key_digest).where(
        Repeat.at < moment.astimezone(UTC).replace(tzinfo=None)
    )
    found = sorted(old.limit(limit).tuples())
    return sum(int(Repeat.delete().where(_is(*key)).execute()) for key in found)


def drop_repeats_of(person_id: int, limit: int) -> int:
    """Forget what was asked for a person; return how many."""
    query: Any = Repeat.select(Repeat.key_digest).where(Repeat.person_id == person_id).limit(limit)
    digests = [str(digest) for (digest,) in query.tuples()]
    if digests:
        Repeat.delete().where((Repeat.person_id == person_id) & Repeat.key_digest.in_(digests)).execute()
    return len(digests)


def _is(person_id: int, key_digest: str) -> Any:
    return (Repeat.person_id == person_id) & (Repeat.key_digest == key_digest)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def age_of(asked: Asked) -> timedelta:
    """How long ago something was asked."""
    return datetime.now(UTC) - asked.at
