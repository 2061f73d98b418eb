"""Who clapped for one's own post, and how much each gave."""

from __future__ import annotations

from dataclasses import dataclass

from claps.plain.errors import Refused
from claps.plain.limits import PEOPLE_SHOWN
from claps.plain.people import Person
from claps.plain.posts import Post
from claps.store import claps, people
from claps.store.database import Database


@dataclass(frozen=True, slots=True)
class Clappers:
    """Who clapped for a post, as last flushed: people by name, each with their claps, and guests together."""

    rows: tuple[tuple[Person, int], ...]
    next_after_id: int | None
    guests: int
    guest_claps: int


def who_clapped(database: Database, me: Person, post: Post, *, after_id: int = 0) -> Clappers:
    """Read who clapped for one's own post, in the order in which they joined, behind ``after_id``.

    What was taken out of the count is not among it.

    :raises Refused: it is another one's post.
    """
    if me.id != post.writer.id:
        raise Refused("Only who wrote a post sees who clapped for it.")
    with database.reading():
        found = claps.clappers_after(post.id, after_id, PEOPLE_SHOWN + 1)
        shown = found[:PEOPLE_SHOWN]
        given = dict(shown)
        rows = tuple((person, given[person.id]) for person in people.find_people(list(given)))
        guests, guest_claps = claps.sum_of_guests(post.id)
    more = shown[-1][0] if len(found) > PEOPLE_SHOWN else None
    return Clappers(rows, more, guests, guest_claps)
