"""Signing out everywhere, and changing one's password."""

from __future__ import annotations

import logging
import secrets

from claps.acts import passwords
from claps.acts.departed import OUT
from claps.acts.logs import Publish
from claps.acts.people import sign_in
from claps.plain.channels import HOUSE_CHANNEL
from claps.plain.errors import Invalid, Refused, Unavailable
from claps.plain.people import Person, plain_name
from claps.store import people
from claps.store.database import Database
from claps.store.session_turns import begin_turn, turn_of

log = logging.getLogger(__name__)


def read_turn(database: Database, person: Person) -> int:
    """Read which turn of sessions a new one of this person's belongs to.

    :raises Unavailable: SQL does not answer.
    """
    with database.reading():
        return turn_of(person.id)


def sign_out_everywhere(database: Database, publish: Publish, person: Person) -> int:
    """End all sessions of a person; tokens of programs go on.

    :return: the turn that a session made now belongs to.
    :raises Unavailable: SQL does not answer; nothing was done.
    """
    turn = database.transact(lambda: begin_turn(person.id))
    log.info("person %d has signed out everywhere", person.id)
    _tell(publish, person, turn)
    return turn


def change_password(database: Database, publish: Publish, person: Person, *, current: str, new: str) -> int:
    """Replace a password, and end all sessions that were begun with the old one.

    :return: the turn that a session made now belongs to.
    :raises Invalid: the current password is not theirs, or the new one is not to be had; names its field.
    :raises Unavailable: SQL does not answer; nothing was done.
    """
    try:
        sign_in(database, person.name, current)
    except Refused as error:
        if _is_ones(database, person, new):
            return read_turn(database, person)  # the form sent twice
        raise Invalid("current", "This is not your password.") from error
    passwords.check_new(new, field="new", words=(person.name, person.display_name))
    return _replace(database, publish, person, passwords.in_thread(passwords.hash_password, new))


def give_password(database: Database, publish: Publish, name: str) -> str:
    """Give somebody who has forgotten theirs a random password, and end all their sessions; for whoever runs the site.

    :return: the password, which is kept nowhere.
    :raises NotFound: nobody has this name.
    :raises Unavailable: SQL does not answer; nothing was done.
    """
    with database.reading():
        person = people.get_person(plain_name(name))
    password = secrets.token_urlsafe(18)
    password_hash = passwords.in_thread(passwords.hash_password, password)
    _replace(database, publish, person, password_hash)
    return password


def _replace(database: Database, publish: Publish, person: Person, password_hash: str) -> int:
    def work() -> int:
        people.set_password_hash(person.id, password_hash)
        return begin_turn(person.id)

    turn = database.transact(work)
    log.info("the password of person %d was changed", person.id)
    _tell(publish, person, turn)
    return turn


def _is_ones(database: Database, person: Person, password: str) -> bool:
    try:
        return sign_in(database, person.name, password) == person
    except Refused:
        return False


def _tell(publish: Publish, person: Person, turn: int) -> None:
    try:
        publish(HOUSE_CHANNEL, f"{OUT} {person.id} {turn}")
    except Unavailable as error:
        log.info("workers find it in SQL: %s", error.message)
