"""Following people."""

from __future__ import annotations

import json

import pytest

from claps.acts.follows import find_tie, follow, followed_by, followers_of, unfollow
from claps.app import Core
from claps.plain.errors import Refused
from claps.plain.people import Person, Tie
from claps.store.errands import Errand
from tests.parts.inside import ON_SQLITE, write_person
from tests.parts.queries import noting_queries

pytestmark = ON_SQLITE


def errands(core: Core) -> list[dict[str, object]]:
    """What was promised."""
    with core.database.reading():
        return [json.loads(row.body) for row in Errand.select().where(Errand.kind == "notify")]


def test_following_is_counted_and_told_once(core: Core, ada: Person, ben: Person) -> None:
    followers = [follow(core.database, ben, ada) for _ in range(2)]

    assert followers == [1, 1]
    assert followers_of(core.database, ada).people == (ben,)
    assert followed_by(core.database, ben).people == (ada,)
    assert errands(core) == [{"what": "followed", "actor_id": ben.id, "person_id": ada.id}]


def test_following_no_more_asks_to_tell_what_is_left(core: Core, ada: Person, ben: Person) -> None:
    follow(core.database, ben, ada)

    followers = [unfollow(core.database, ben, ada) for _ in range(2)]

    assert followers == [0, 0]
    assert followers_of(core.database, ada).people == ()
    assert errands(core) == 2 * [{"what": "followed", "actor_id": ben.id, "person_id": ada.id}]


def test_nobody_follows_themselves(core: Core, ada: Person) -> None:
    with pytest.raises(Refused, match="This is you"):
        follow(core.database, ada, ada)

    assert followers_of(core.database, ada).people == ()


def test_many_followers_are_read_page_by_page_with_as_many_queries_as_few(
    core: Core, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.acts.follows.PEOPLE_SHOWN", 2)
    people = [write_person(core, name) for name in ("cyd", "dee", "eve")]
    counts = []
    for person in people:
        follow(core.database, person, ada)
        with noting_queries() as queries:
            first = followers_of(core.database, ada)
        counts.append(len(queries))

    rest = followers_of(core.database, ada, after_id=first.next_after or 0)

    assert (*first.people, *rest.people) == tuple(people)
    assert rest.next_after is None
    assert len(set(counts)) == 1


def test_a_tie_says_how_who_looks_stands_to_a_person(core: Core, ada: Person, ben: Person) -> None:
    follow(core.database, ben, ada)

    assert find_tie(core.database, ada, None) == Tie(ada)
    assert find_tie(core.database, ada, ada) == Tie(ada, signed_in=True, own_page=True)
    assert find_tie(core.database, ada, ben) == Tie(ada, signed_in=True, following=True)
    assert find_tie(core.database, ben, ada) == Tie(ben, signed_in=True)
