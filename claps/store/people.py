"""People with an account."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from peewee import BigAutoField, BigIntegerField, CharField, DateTimeField, IntegrityError, TextField

from claps.plain import people
from claps.plain.errors import Conflict, NotFound
from claps.store.database import Model
from claps.store.readers import note_readers


class Person(Model):
    """One account; its id is its reader's id as well."""

    id = BigAutoField()
    name = CharField(max_length=30, unique=True)
    display_name = CharField(max_length=60)
    bio = TextField(default="")
    password_hash = CharField(max_length=200)
    created_at = DateTimeField()
    followers = BigIntegerField(default=0)
    following = BigIntegerField(default=0)

    def value(self) -> people.Person:
        """This row as other floors know it."""
        return people.Person(self.id, self.name, self.display_name, self.bio)


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
    note_readers([row.id])
    return row.value()


def get_person(name: str) -> people.Person:
    """Find a person by name.

    :raises NotFound: nobody has it.
    """
    row = Person.get_or_none(Person.name == name.lower())
    if row is None:
        raise NotFound(f"Nobody here is called @{name[:40]}.")
    value: people.Person = row.value()
    return value


def find_person(person_id: int) -> people.Person | None:
    """Find a person by id."""
    row = Person.get_or_none(Person.id == person_id)
    return None if row is None else row.value()


def find_people(person_ids: Iterable[int]) -> list[people.Person]:
    """Read people by id, in the order of their ids; those who are gone are missing."""
    query = Person.select().where(Person.id.in_(sorted(set(person_ids)))).order_by(Person.id)
    return [row.value() for row in query]


def set_profile(person_id: int, *, display_name: str, bio_text: str) -> None:
    """Change what a person shows of themselves."""
    Person.update(display_name=display_name, bio=bio_text).where(Person.id == person_id).execute()


def find_password_hash(name: str) -> tuple[int, str] | None:
    """Find the id and the password's hash of the person with this name."""
    row = Person.get_or_none(Person.name == name.lower())
    return None if row is None else (row.id, row.password_hash)


def set_password_hash(person_id: int, password_hash: str) -> None:
    """Replace a hash that was made with weaker settings than today's."""
    Person.update(password_hash=password_hash).where(Person.id == person_id).execute()
