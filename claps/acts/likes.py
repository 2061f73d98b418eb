"""Liking a post, taking it back, and who did: yes or no, on the same road as claps."""

from __future__ import annotations

from dataclasses import dataclass

from claps.hot.ledger import Ledger
from claps.plain.changes import Change
from claps.plain.errors import NotFound, Refused
from claps.plain.limits import PEOPLE_SHOWN
from claps.plain.people import Circle, Reader
from claps.plain.posts import Comment, Post
from claps.plain.tallies import Clapped
from claps.store import claps, comments, people
from claps.store.database import Database


@dataclass(frozen=True, slots=True)
class Likers:
    """Who likes a post, as last flushed, or a comment: people by name, guests by number."""

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
        return _likers(claps.likers_after(post.id, after_id, PEOPLE_SHOWN + 1), claps.count_guests_who_like(post.id))


def likers_of_comment(database: Database, comment: Comment, *, after_id: int = 0) -> Likers:
    """Read who likes a comment, behind ``after_id``.

    :raises NotFound: it was taken away.
    :raises Unavailable: SQL does not answer.
    """
    if comment.is_removed:
        raise NotFound("This comment was taken away.")
    with database.reading():
        ids = comments.likers_after(comment.id, after_id, PEOPLE_SHOWN + 1)
        return _likers(ids, comments.count_guests_who_like(comment.id))


def _likers(ids: list[int], guests: int) -> Likers:
    shown = tuple(people.find_people(ids[:PEOPLE_SHOWN]))
    return Likers(Circle(shown, ids[PEOPLE_SHOWN - 1] if len(ids) > PEOPLE_SHOWN else None), guests)
