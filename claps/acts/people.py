"""Joining, signing in, and what people show of themselves."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from gevent import get_hub

from claps.acts.joining import promise_gifts
from claps.plain.errors import Invalid, Refused
from claps.plain.limits import BIO_LENGTH, DISPLAY_NAME_LENGTH, NAME_LENGTH, PASSWORD_LENGTHS
from claps.plain.people import Person, Reader
from claps.store import people
from claps.store.database import Database

T = TypeVar("T")
# RFC 9106, section 4, second recommended option, is the library's default: 64 MiB, 3 passes, 4 lanes.
_HASHER = PasswordHasher()
_RESERVED = frozenset(
    "admin api claps dashboard guest help join live login posts static tables".split()
)


def join(database: Database, name: str, display_name: str, password: str, *, guest: Reader | None = None) -> Person:
    """Open an account.

    :param guest: who it was until now; what they gave comes with them.
    :raises Invalid: a field is not usable; names its field.
    :raises Conflict: the name is taken.
    """
    name = name.strip().lower().removeprefix("@")
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,%d}" % (NAME_LENGTH - 1), name) or name in _RESERVED:
        raise Invalid("name", f"A name has 2 to {NAME_LENGTH} letters a-z, digits or _, and begins with a letter.")
    display_name = _display_name(display_name) or name
    least, most = PASSWORD_LENGTHS
    if not least <= len(password) <= most:
        raise Invalid("password", f"A password has {least} to {most} characters.")
    password_hash = _in_thread(_HASHER.hash, password)

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
        found = people.find_password_hash(name.strip().lower().removeprefix("@")[:NAME_LENGTH])
    # Verified when the name is unknown, so that the time taken does not tell names; for known ones it is made as well.
    nobody_hash = _in_thread(_nobody_hash)
    person_id, password_hash = found or (0, nobody_hash)
    fits = _in_thread(_fits, password_hash, password[: PASSWORD_LENGTHS[1]])
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


def hash_password(password: str) -> str:
    """Hash a password as it is stored."""
    return _HASHER.hash(password)


@cache
def _nobody_hash() -> str:
    # When the first person signs in, and not when a process starts: it takes 0.3 s there.
    return _HASHER.hash("nobody has this password")


def _fits(password_hash: str, password: str) -> bool:
    # Caught within the thread: gevent writes a traceback for whatever leaves one.
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _person(database: Database, person_id: int) -> Person | None:
    with database.reading():
        return people.find_person(person_id)


def _in_thread(function: Callable[..., T], *args: str) -> T:
    # Hashing takes tens of milliseconds on purpose; in a thread nobody else's news waits for it.
    result: T = get_hub().threadpool.apply(function, args)
    return result
