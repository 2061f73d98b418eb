"""Liking, taking it back, and who did."""

from __future__ import annotations

import pytest

from claps.acts.flush import flush_all
from claps.acts.likes import like, likers_of, take_back
from claps.app import Core
from claps.plain.errors import Refused
from claps.plain.people import Person, Reader
from claps.plain.posts import Post
from tests.parts.inside import GUEST, ON_SQLITE, write_person
from tests.parts.queries import noting_queries

pytestmark = ON_SQLITE


def test_a_reader_likes_once_however_often(core: Core, article: Post, ben: Person) -> None:
    liked = [like(core.ledger, Reader(ben.id), article) for _ in range(2)]

    assert [(one.yours, one.given, one.tally.likes) for one in liked] == [(1, 1, 1), (1, 0, 1)]


def test_a_like_is_taken_back_once(core: Core, article: Post, ben: Person) -> None:
    like(core.ledger, GUEST, article)
    like(core.ledger, Reader(ben.id), article)

    undone = [take_back(core.ledger, Reader(ben.id), article) for _ in range(2)]

    assert [(one.yours, one.given, one.tally.likes) for one in undone] == [(0, -1, 1), (0, 0, 1)]


def test_likes_and_claps_do_not_mix(core: Core, article: Post) -> None:
    like(core.ledger, GUEST, article)

    tally = core.tallies.find([article.id])[article.id]

    assert (tally.likes, tally.claps, tally.people) == (1, 0, 0)


def test_a_writer_does_not_like_their_own(core: Core, article: Post, ada: Person) -> None:
    with pytest.raises(Refused, match="You wrote this"):
        like(core.ledger, Reader(ada.id), article)


def test_who_likes_is_told_when_it_is_flushed(core: Core, article: Post, ben: Person) -> None:
    like(core.ledger, Reader(ben.id), article)
    like(core.ledger, GUEST, article)
    flush_all(core.database, core.journal)

    found = likers_of(core.database, article)

    assert (found.circle.people, found.circle.next_after, found.guests) == ((ben,), None, 1)


def test_many_who_like_are_read_page_by_page_with_as_many_queries_as_few(
    core: Core, article: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.acts.likes.PEOPLE_SHOWN", 2)
    people = [write_person(core, name) for name in ("cyd", "dee", "eve")]
    counts = []
    for person in people:
        like(core.ledger, Reader(person.id), article)
        flush_all(core.database, core.journal)
        with noting_queries() as queries:
            first = likers_of(core.database, article)
        counts.append(len(queries))

    rest = likers_of(core.database, article, after_id=first.circle.next_after or 0)

    assert (*first.circle.people, *rest.circle.people) == tuple(people)
    assert len(set(counts)) == 1
