"""Which turn of sessions a person is at: those of an earlier one are over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from peewee import BigIntegerField, DateTimeField, IntegerField, IntegrityError

from claps.store.database import Model


class SessionTurn(Model):
    """How often somebody has signed out everywhere; who never did has no row."""

    person_id = BigIntegerField(primary_key=True)
    turn = IntegerField()
    at = DateTimeField(index=True)


def turn_of(person_id: int) -> int:
    """Read a person's turn; 0 is the first."""
    row = SessionTurn.get_or_none(SessionTurn.person_id == person_id)
    return 0 if row is None else int(row.turn)


def begin_turn(person_id: int) -> int:
    """Begin a person's next turn; call inside a transaction.

    :return: the turn that new sessions belong to.
    """
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    is_one = SessionTurn.person_id == person_id
    if not SessionTurn.update(turn=SessionTurn.turn + 1, at=now).where(is_one).execute():
        try:
            SessionTurn.insert(person_id=person_id, turn=1, at=now).execute()
        except IntegrityError:
            # Another browser of theirs made the row in the same moment: this is the turn after that.
            SessionTurn.update(turn=SessionTurn.turn + 1, at=now).where(is_one).execute()
    return turn_of(person_id)


def turns_since(at: datetime) -> list[tuple[int, int]]:
    """Read who has begun a turn since a moment, and which."""
    moment = at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    rows: Any = SessionTurn.select(SessionTurn.person_id, SessionTurn.turn).where(SessionTurn.at >= moment)
    return [(int(person_id), int(turn)) for person_id, turn in rows.tuples()]


def drop_turn(person_id: int) -> int:
    """Forget the turn of one who has left; return how many rows that were."""
    return int(SessionTurn.delete().where(SessionTurn.person_id == person_id).execute())
