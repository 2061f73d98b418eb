"""Liking a post, taking it back, and who did: yes or no, on the same road as claps."""

from __future__ import annotations

from dataclasses import dataclass

from claps.hot.ledger import Ledger
from claps.plain.changes import Change
from claps.plain.errors import Refused
from claps.plain.limits import PEOPLE_SHOWN
from claps.plain.people import Circle, Reader
from claps.plain.posts import Post
from claps.plain.tallies import Clapped
from claps.store import claps, people
from claps.store.database import Database


@dataclass(frozen=True, slots=True)
class Likers:
    """Who likes a post, as last flushed: people by name, guests by number."""

    circle: Circle
    guests: int


def like(ledger: Ledger, reader: Reader, post: Post) -> Clapped:
    """Let a reader like a post; who likes it already changes nothing.

    :return: the tally after it; ``yours`` is 1, and ``given`` 0 where it was so already.
    :raises Refused: the reader wrote the post.
    :raises Unavailable: it was not counted, or it is not known whether it was.
    """
    if reader.id == post.writer.id:
        raise Refused("You wrote this: others like it.")
    return ledger.take(Change("like", post.id, str(reader.id), 1))


def take_back(ledger: Ledger, reader: Reader, post: Post) -> Clapped:
    """Take a reader's like of a post back.

    :return: the tally after it; ``given`` is 0 where there was none.
    :raises Unavailable: it was not counted, or it is not known whether it was.
    """
    return ledger.take(Change("like", post.id, str(reader.id), -1))


def likers_of(database: Database, post: Post, *, after_id: int = 0) -> Likers:
    """Read who likes a post, behind ``after_id``.

    :raises Unavailable: SQL does not answer.
    """
    with database.reading():
        ids = claps.likers_after(post.id, after_id, PEOPLE_SHOWN + 1)
        shown = tuple(people.find_people(ids[:PEOPLE_SHOWN]))
        guests = claps.count_guests_who_like(post.id)
    return Likers(Circle(shown, ids[PEOPLE_SHOWN - 1] if len(ids) > PEOPLE_SHOWN else None), guests)
