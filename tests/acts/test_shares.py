"""Links to one post's figures."""

from __future__ import annotations

from functools import partial

import pytest

from claps.acts.shares import find_token, revoke, share, shared_post_id
from claps.app import Core
from claps.plain.errors import NotFound
from claps.plain.people import Person
from claps.plain.posts import Post
from claps.store.leaving import drop_shares
from claps.store.shares import ShareLink
from tests.parts.inside import ON_SQLITE

pytestmark = ON_SQLITE
KEY = "sixteen letters!"


def make_link(core: Core, article: Post) -> str:
    """Share a post; return the link."""
    share(core.database, article.writer, article)
    token = find_token(core.database, article, KEY)
    assert token is not None
    return token


def test_a_link_leads_to_its_post_until_it_is_ended(core: Core, article: Post) -> None:
    token = make_link(core, article)

    assert shared_post_id(core.database, token, KEY) == article.id
    assert revoke(core.database, article.writer, article) == [1]
    with pytest.raises(NotFound):
        shared_post_id(core.database, token, KEY)
    assert find_token(core.database, article, KEY) is None


def test_shared_twice_it_is_one_link_and_after_its_end_another(core: Core, article: Post) -> None:
    first = make_link(core, article)

    again = make_link(core, article)
    revoke(core.database, article.writer, article)

    assert first == again != make_link(core, article)


@pytest.mark.parametrize("change", [lambda token: token[:-1] + "-", lambda token: "2" + token[1:], lambda token: "x"])
def test_a_link_that_is_not_whole_is_none(core: Core, article: Post, change: object) -> None:
    assert callable(change)
    token = change(make_link(core, article))

    with pytest.raises(NotFound):
        shared_post_id(core.database, token, KEY)


def test_a_new_key_ends_all_links_and_sql_holds_none(core: Core, article: Post) -> None:
    token = make_link(core, article)

    with pytest.raises(NotFound):
        shared_post_id(core.database, token, "another key of it")
    [row] = ShareLink.select().dicts()
    assert token not in str(row)


def test_only_who_wrote_a_post_shares_its_figures(core: Core, article: Post, ben: Person) -> None:
    for act in (share, revoke):
        with pytest.raises(NotFound):
            act(core.database, ben, article)


def test_with_who_leaves_their_links_go(core: Core, article: Post, ben: Person) -> None:
    token = make_link(core, article)

    gone = [core.database.transact(partial(drop_shares, who.id, 10)) for who in (ben, article.writer)]

    assert gone == [0, 1]
    with pytest.raises(NotFound):
        shared_post_id(core.database, token, KEY)
