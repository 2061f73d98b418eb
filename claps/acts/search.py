"""Finding posts and people."""

from __future__ import annotations

import re
from dataclasses import dataclass

from claps.acts.posts import Library
from claps.plain.limits import FOUND_PEOPLE, FOUND_POSTS, SEARCH_LENGTH, SEARCH_WORDS
from claps.plain.people import Person
from claps.plain.posts import Line
from claps.store import search
from claps.store.database import Database
from claps.store.posts import published_posts

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Found:
    """What a search has found: the best posts, and people."""

    words: tuple[str, ...]
    lines: tuple[Line, ...]
    people: tuple[Person, ...]


def find(database: Database, library: Library, text: str) -> Found:
    """Find the posts that have all words of a text, and the people whose names begin with it.

    What is no letter or digit only parts words, so nothing in the text means anything to SQL. At most eight words
    are looked at, and 50 posts and ten people found.

    :raises Unavailable: SQL does not answer.
    """
    words = tuple(_WORD.findall(text[:SEARCH_LENGTH].casefold()))[:SEARCH_WORDS]
    if not words:
        return Found((), (), ())
    name = " ".join(text[:SEARCH_LENGTH].split()).removeprefix("@")
    with database.reading():
        ids = search.find_posts(words, limit=FOUND_POSTS)
        posts = published_posts(ids)
        people = search.find_people(name, limit=FOUND_PEOPLE) if name else []
    found = [posts[post_id] for post_id in ids if post_id in posts]
    return Found(words, tuple(library.lines(found)), tuple(people))
