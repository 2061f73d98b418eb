"""People with an account."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from peewee import BigAutoField, BigIntegerField, CharField, DateTimeField, IntegrityError, TextField

from claps.plain import people
from claps.plain.errors import Conflict, NotFound
from claps.plain.people import LEFT_DISPLAY_NAME
from claps.store.database import Model, locked
from claps.store.readers import note_readers


class Person(Model):
    """One account; its id is its reader's id as well.

    Who has left has ``left_at``, and nothing of what was known but the number. Who is about to has ``leaves_at``. What
    a profile said before it was changed last is ``earlier_…``.
    """

    id = BigAutoField()
    name = CharField(max_length=30, unique=True)
    display_name = CharField(max_length=60)
    bio = TextField(default="")
    password_hash = CharField(max_length=200)
    created_at = DateTimeField()
    followers = BigIntegerField(default=0)
    following = BigIntegerField(default=0)
    left_at = DateTimeField(null=True)
    leaves_at = DateTimeField(null=True)
    earlier_display_name = CharField(max_length=60, null=True)
    earlier_bio = TextField(null=True)

    def value(self) -> people.Person:
        """This row as other floors know it."""
        leaves_at = self.leaves_at and self.leaves_at.replace(tzinfo=UTC)
        return people.Person(self.id, self.name, self.display_name, self.bio, leaves_at)


class KeptName(Model):
    """A name that is not given out again, because who had it has left; as its SHA-256, so that it is not to be read."""

    digest = CharField(max_length=64, primary_key=True)


def add_person(name: str, display_name: str, password_hash: str, *, bio_text: str = "") -> people.Person:
    """Add an account; call inside a transaction.

    :raises Conflict: the name is taken.
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    try:
        row = Person.create(
            name=name, display_name=display_name, bio=bio_text, password_hash=password_hash, created_at=now
        )
    except IntegrityError as error:
        # The unique index decides; whoever joined with this name in the same moment was first.
        raise Conflict(f"The name @{name} is taken.") from error
    # After the row, which waits for one that is leaving with this name to be through.
    if KeptName.select().where(KeptName.digest == _digest(name)).exists():
        raise Conflict(f"The name @{name} was somebody’s who has left, and is not given out again.")
    note_readers([row.id])
    return row.value()


def get_person(name: str) -> people.Person:
    """Find a person by name.

    :raises NotFound: nobody has it.
    """
    row = _find(Person.name == name.lower())
    if row is None:
        raise NotFound(f"Nobody here is called @{name[:40]}.")
    value: people.Person = row.value()
    return value


def find_person(person_id: int) -> people.Person | None:
    """Find a person by id; who has left is nobody."""
    row = _find(Person.id == person_id)
    return None if row is None else row.value()


def find_people(person_ids: Iterable[int]) -> list[people.Person]:
    """Read people by id, in the order of their ids; those who are gone are missing."""
    wanted = Person.id.in_(sorted(set(person_ids))) & Person.left_at.is_null()
    query = Person.select().where(wanted).order_by(Person.id)
    return [row.value() for row in query]


def set_profile(person_id: int, *, display_name: str, bio_text: str) -> None:
    """Change what a person shows of themselves, and keep what it was; call inside a transaction."""
    row = locked(Person.select().where((Person.id == person_id) & Person.left_at.is_null())).first()
    if row is None or (row.display_name, row.bio) == (display_name, bio_text):
        return  # the form sent twice, or put back already
    now = {"display_name": display_name, "bio": bio_text}
    before = {"earlier_display_name": row.display_name, "earlier_bio": row.bio}
    Person.update({**now, **before}).where(Person.id == person_id).execute()


def find_earlier_profile(person_id: int) -> tuple[str, str] | None:
    """Read the name and the bio that a person showed before the last change; None when there was none."""
    row = _find(Person.id == person_id)
    if row is None or row.earlier_display_name is None:
        return None
    return row.earlier_display_name, row.earlier_bio or ""


def set_leaving(person_id: int, leaves_at: datetime | None) -> None:
    """Note when a person will have left, or that they stay; who is about to leave already keeps the first moment."""
    is_one = (Person.id == person_id) & Person.left_at.is_null() & Person.leaves_at.is_null(leaves_at is not None)
    moment = None if leaves_at is None else leaves_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    Person.update(leaves_at=moment).where(is_one).execute()


def find_password_hash(name: str) -> tuple[int, str] | None:
    """Find the id and the password's hash of the person with this name."""
    row = _find(Person.name == name.lower())
    return None if row is None else (row.id, row.password_hash)


def set_password_hash(person_id: int, password_hash: str) -> None:
    """Replace what is kept of a password; call inside a transaction."""
    Person.update(password_hash=password_hash).where(Person.id == person_id).execute()


def let_go(person_id: int, *, at: datetime) -> bool:
    """Forget who a person was, and keep the name from being given out again; call inside a transaction.

    :return: False when the person had left already.
    """
    row = locked(Person.select().where((Person.id == person_id) & Person.left_at.is_null())).first()
    if row is None:
        return False
    KeptName.insert(digest=_digest(row.name)).on_conflict_ignore().execute()
    # No name that anybody can choose: those have no hyphen.
    nobody: dict[str, str | None] = {
        "name": f"left-{person_id}", "display_name": LEFT_DISPLAY_NAME, "bio": "", "password_hash": "",
        "earlier_display_name": None, "earlier_bio": None, "leaves_at": None,
    }
    moment = at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    Person.update(**nobody, left_at=moment).where(Person.id == person_id).execute()
    return True


def left_since(at: datetime) -> list[int]:
    """Read the ids of those who have left since a moment."""
    moment = at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    query: Any = Person.select(Person.id).where(Person.left_at >= moment)
    return [int(person_id) for (person_id,) in query.tuples()]


def _find(is_it: Any) -> Any:
    return Person.get_or_none(is_it & Person.left_at.is_null())


def _digest(name: str) -> str:
    return hashlib.sha256(name.lower().encode()).hexdigest()
