"""Joining, signing in, and what people show of themselves."""

from __future__ import annotations

import re
from functools import partial

from claps.acts import passwords
from claps.acts.joining import promise_gifts
from claps.plain.errors import Invalid, Refused
from claps.plain.limits import BIO_LENGTH, DISPLAY_NAME_LENGTH, NAME_LENGTH, PASSWORD_LENGTHS
from claps.plain.people import Person, Reader, plain_name
from claps.store import people
from claps.store.database import Database

_RESERVED = frozenset(
    "admin api claps dashboard guest help join live login posts static tables".split()
)


def join(database: Database, name: str, display_name: str, password: str, *, guest: Reader | None = None) -> Person:
    """Open an account.

    :param guest: who it was until now; what they gave comes with them.
    :raises Invalid: a field is not usable; names its field.
    :raises Conflict: the name is taken.
    """
    name = plain_name(name)
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,%d}" % (NAME_LENGTH - 1), name) or name in _RESERVED:
        raise Invalid("name", f"A name has 2 to {NAME_LENGTH} letters a-z, digits or _, and begins with a letter.")
    display_name = _display_name(display_name) or name
    passwords.check_new(password, words=(name, display_name))
    password_hash = passwords.in_thread(passwords.hash_password, password)

    def work() -> Person:
        person = people.add_person(name, display_name, password_hash)
        if guest is not None:
            promise_gifts(person, guest)
        return person

    return database.transact(work)


def sign_in(database: Database, name: str, password: str, *, guest: Reader | None = None) -> Person:
    """Check a name and its password.

    :param guest: who it was until now; what they gave comes with them.
    :raises Refused: they do not fit together; it is not said which is wrong.
    :raises Unavailable: SQL does not answer; nothing of the guest's was promised.
    """
    with database.reading():
        found = people.find_password_hash(plain_name(name)[:NAME_LENGTH])
    # Verified when the name is unknown, so that the time taken does not tell names; for known ones it is made as well.
    nobody_hash = passwords.in_thread(passwords.hash_of_nobody)
    person_id, password_hash = found or (0, nobody_hash)
    fits = passwords.in_thread(passwords.fits, password_hash, password[: PASSWORD_LENGTHS[1]])
    person = _person(database, person_id) if fits and person_id else None
    if person is None:
        raise Refused("That name and password do not fit together.")
    if guest is not None:
        database.transact(partial(promise_gifts, person, guest))
    return person


def earlier_profile(database: Database, person: Person) -> tuple[str, str] | None:
    """Read the name and the bio that a person showed before the last change; None when there was none."""
    with database.reading():
        return people.find_earlier_profile(person.id)


def change_profile(database: Database, person: Person, *, display_name: str, bio: str) -> None:
    """Change what a person shows of themselves; what it was is kept, and is put back by changing it to that.

    :raises Invalid: a field is too long, or there is no name to show; names its field.
    :raises Unavailable: SQL does not answer; nothing was written.
    """
    shown = _display_name(display_name)
    if not shown:
        raise Invalid("display_name", "Readers need a name to call you by.")
    bio_text = " ".join(bio.split())
    if len(bio_text) > BIO_LENGTH:
        raise Invalid("bio", f"At most {BIO_LENGTH} characters, please: these are {len(bio_text):,}.")
    database.transact(lambda: people.set_profile(person.id, display_name=shown, bio_text=bio_text))


def _display_name(text: str) -> str:
    text = " ".join(text.split())
    if len(text) > DISPLAY_NAME_LENGTH:
        raise Invalid("display_name", f"At most {DISPLAY_NAME_LENGTH} characters, please.")
    return text


def _person(database: Database, person_id: int) -> Person | None:
    with database.reading():
        return people.find_person(person_id)
