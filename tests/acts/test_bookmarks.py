"""Keeping posts for later."""

from __future__ import annotations

import pytest

from claps.acts.bookmarks import keep, let_go
from claps.acts.posts import Library
from claps.app import Core
from claps.plain.people import Person, Reader
from claps.plain.posts import Post
from claps.store.posts import Post as Row
from tests.parts.inside import publish
from tests.parts.queries import noting_queries


@pytest.fixture
def library(core: Core) -> Library:
    """A library that has kept nothing yet."""
    return Library(core.database, core.mending, core.tallies)


def kept(library: Library, person: Person, *, before_id: int | None = None) -> list[int]:
    """The posts that a person keeps."""
    return [line.post.id for line in library.kept_by(person, before_id).lines]


def test_what_is_kept_is_on_ones_own_list(
    core: Core, article: Post, ben: Person, ada: Person, library: Library
) -> None:
    for _ in range(2):
        keep(core.database, ben, article)

    assert (kept(library, ben), kept(library, ada)) == ([article.id], [])
    assert library.hand_of(article, Reader(ben.id)).kept
    assert not library.hand_of(article, Reader(ada.id)).kept


def test_what_is_let_go_is_on_it_no_more(core: Core, article: Post, ben: Person, library: Library) -> None:
    keep(core.database, ben, article)

    for _ in range(2):
        let_go(core.database, ben, article.id)

    assert kept(library, ben) == []


def test_what_was_withdrawn_is_not_shown(
    core: Core, article: Post, ben: Person, library: Library
) -> None:
    keep(core.database, ben, article)

    core.database.transact(lambda: Row.update(published_at=None).execute())

    assert kept(library, ben) == []


def test_a_long_list_is_read_page_by_page_with_as_many_queries_as_a_short_one(
    core: Core, article: Post, ben: Person, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.acts.posts.LINES_PER_PAGE", 2)
    posts = [article, *(publish(core, article.writer) for _ in range(2))]
    counts = []
    for post in posts:
        keep(core.database, ben, post)
        library.kept_by(ben)  # its tally is warm from here on
        with noting_queries() as queries:
            first = library.kept_by(ben)
        counts.append(len(queries))

    shown = [line.post.id for line in first.lines] + kept(library, ben, before_id=int(first.next_key or 0))

    assert shown == [post.id for post in reversed(posts)]
    assert len(set(counts)) == 1
