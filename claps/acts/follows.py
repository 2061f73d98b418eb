"""Following people, and who follows whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from claps.acts.webhook_news import note_followed
from claps.plain.errors import Refused
from claps.plain.limits import PEOPLE_SHOWN
from claps.plain.people import Circle, Person, Tie
from claps.store import follows
from claps.store.database import Database
from claps.store.errands import add_errand
from claps.store.people import find_people


def follow(database: Database, person: Person, writer: Person) -> int:
    """Let ``person`` follow ``writer``, who is told of it; who follows already changes nothing.

    :return: how many follow the writer now.
    :raises Refused: they are the same.
    :raises Unavailable: SQL does not answer; nothing was written.
    """
    if person.id == writer.id:
        raise Refused("This is you. Nobody follows themselves.")

    def work() -> int:
        is_new = follows.add_follow(person.id, writer.id, at=datetime.now(UTC))
        followers = follows.count_followers(writer.id)
        if is_new:
            add_errand("feed", {"what": "followed", "person_id": person.id, "writer_id": writer.id})
            add_errand("notify", {"what": "followed", "actor_id": person.id, "person_id": writer.id})
            note_followed(person, writer, followers)
        return followers

    return database.transact(work)


def unfollow(database: Database, person: Person, writer: Person) -> int:
    """Let ``person`` follow ``writer`` no more; who does not follow changes nothing.

    :return: how many follow the writer now.
    :raises Unavailable: SQL does not answer; nothing was written.
    """

    def work() -> int:
        if follows.remove_follow(person.id, writer.id):
            add_errand("feed", {"what": "unfollowed", "person_id": person.id, "writer_id": writer.id})
            # Who was told of it is told what is left.
            add_errand("notify", {"what": "followed", "actor_id": person.id, "person_id": writer.id})
        return follows.count_followers(writer.id)

    return database.transact(work)


def find_tie(database: Database, person: Person, me: Person | None) -> Tie:
    """Tell how who looks stands to a person."""
    if me is None:
        return Tie(person)
    if me.id == person.id:
        return Tie(person, signed_in=True, own_page=True)
    with database.reading():
        return Tie(person, signed_in=True, following=follows.is_following(me.id, person.id))


def followers_of(database: Database, person: Person, *, after_id: int = 0) -> Circle:
    """Read who follows a person, behind ``after_id``."""
    return _circle(database, lambda limit: follows.followers_after(person.id, after_id, limit))


def followed_by(database: Database, person: Person, *, after_id: int = 0) -> Circle:
    """Read whom a person follows, behind ``after_id``."""
    return _circle(database, lambda limit: follows.followed_after(person.id, after_id, limit))


def _circle(database: Database, read: Callable[[int], list[int]]) -> Circle:
    with database.reading():
        ids = read(PEOPLE_SHOWN + 1)
        shown = tuple(find_people(ids[:PEOPLE_SHOWN]))
    return Circle(shown, ids[PEOPLE_SHOWN - 1] if len(ids) > PEOPLE_SHOWN else None)
