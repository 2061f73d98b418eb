"""Lists of posts, page by page."""

from __future__ import annotations

import pytest

from claps.acts.lists import popular, tagged, top_tagged
from claps.acts.posts import Library
from claps.app import Core
from claps.plain.errors import NotFound
from claps.plain.people import Person
from claps.plain.popular import parse_rank
from claps.plain.posts import Part
from claps.store.posts import move_counts
from claps.store.tags import set_tags
from tests.parts.inside import ON_SQLITE, publish
from tests.parts.queries import noting_queries

pytestmark = ON_SQLITE


@pytest.fixture
def library(core: Core) -> Library:
    """What can be read."""
    return Library(core.database, core.mending, core.tallies)


@pytest.fixture(autouse=True)
def two_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of two posts."""
    for name in ("claps.acts.posts", "claps.acts.lists"):
        monkeypatch.setattr(f"{name}.LINES_PER_PAGE", 2)


@pytest.fixture
def ids(core: Core, ada: Person) -> list[int]:
    """Five posts, all about bells; the second is the best."""
    ids = [publish(core, ada).id for _ in range(5)]
    for post_id in ids:
        core.database.transact(lambda post_id=post_id: set_tags(post_id, ["bells"]))  # type: ignore[misc]
    core.database.transact(lambda: move_counts(ids[1], {"people": 100}))
    return ids


def numbers(part: Part) -> list[int]:
    return [line.post.id for line in part.lines]


def test_the_latest_posts_go_on_behind_the_last_one(library: Library, ids: list[int]) -> None:
    first = library.latest()
    second = library.latest(int(first.next_key or 0))
    last = library.latest(int(second.next_key or 0))

    assert numbers(first) + numbers(second) + numbers(last) == ids[::-1]
    assert (first.newest_id, last.next_key, numbers(library.latest(ids[0]))) == (ids[4], None, [])


def test_popular_posts_go_on_behind_the_last_one(core: Core, library: Library, ids: list[int]) -> None:
    seen: list[int] = []
    part = popular(library, core.popularity, None)
    while part.next_key is not None:
        seen += numbers(part)
        part = popular(library, core.popularity, parse_rank(part.next_key))

    assert seen + numbers(part) == [ids[1], ids[4], ids[3], ids[2], ids[0]]


def test_a_tag_has_a_number_its_newest_and_its_best(library: Library, ids: list[int]) -> None:
    newest, top = tagged(library, "Bells", None), top_tagged(library, "BELLS")

    assert (newest.tag, newest.count) == (top.tag, top.count) == ("bells", 5)
    assert numbers(newest.part) == [ids[4], ids[3]]
    assert numbers(tagged(library, "bells", ids[3]).part) == [ids[2], ids[1]]
    assert (numbers(top.part), top.part.next_key) == ([ids[1], ids[4]], None)


@pytest.mark.parametrize("word", ["bread", "", "1", "a b", "x" * 99, "'; DROP TABLE post"])
def test_a_tag_that_nothing_has_is_none(library: Library, ids: list[int], word: str) -> None:
    for read in (lambda: tagged(library, word, None), lambda: top_tagged(library, word)):
        with pytest.raises(NotFound):
            read()


@pytest.mark.parametrize("per_page", [2, 5])
def test_a_list_takes_the_same_number_of_queries_however_long_it_is(
    core: Core, library: Library, ids: list[int], monkeypatch: pytest.MonkeyPatch, per_page: int
) -> None:
    for name in ("claps.acts.posts", "claps.acts.lists"):
        monkeypatch.setattr(f"{name}.LINES_PER_PAGE", per_page)
    core.mending.read(ids)
    core.popularity.ranks(None, 1)
    counts = []
    for read in (
        lambda: library.latest(), lambda: popular(library, core.popularity, None),
        lambda: tagged(library, "bells", None).part, lambda: top_tagged(library, "bells").part,
    ):
        library.forget(["posts"])
        with noting_queries() as queries:
            assert len(read().lines) == per_page
        counts.append(len(queries))

    assert counts == [1, 1, 3, 4]
