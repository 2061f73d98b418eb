"""The pages of a tag."""

from __future__ import annotations

import pytest

from claps.app import Core
from claps.plain.posts import Post
from claps.store.tags import set_tags
from tests.web.pages.conftest import Enter


@pytest.fixture
def tagged(core: Core, article: Post) -> Post:
    """A post with two tags."""
    core.database.transact(lambda: set_tags(article.id, ["bells", "brücken"]))
    return article


def test_a_tag_says_how_many_posts_it_has_and_shows_them(enter: Enter, tagged: Post) -> None:
    newest, top = (enter(None).get(path) for path in ("/tags/bells", "/tags/bells/top"))

    assert "1 post, the newest first." in newest.text and "1 post, those that most people liked first." in top.text
    for page in (newest, top):
        assert f'href="/posts/{tagged.id}/{tagged.slug}"' in page.text
        assert page.headers["Cache-Control"].startswith("public")
    assert 'type="application/atom+xml" title="#bells" href="/tags/bells/feed.atom"' in newest.text


@pytest.mark.parametrize(
    ("path", "address"),
    [("/tags/Bells", "/tags/bells"), ("/tags/BELLS/top", "/tags/bells/top"),
     ("/tags/BR%C3%9CCKEN", "/tags/br%C3%BCcken")],
)
def test_a_tag_has_one_address(enter: Enter, tagged: Post, path: str, address: str) -> None:
    answer = enter(None).get(path)

    assert (answer.status_code, answer.headers["Location"]) == (301, address)
    assert enter(None).get(address).status_code == 200


@pytest.mark.parametrize("path", ["/tags/none", "/tags/none/top", "/tags/%3Cscript%3E", "/tags/none/feed.atom"])
def test_what_nobody_wrote_about_is_no_page(enter: Enter, tagged: Post, path: str) -> None:
    answer = enter(None).get(path)

    assert answer.status_code == 404
    assert "<script>" not in answer.text


def test_a_place_that_is_none_is_refused(enter: Enter, tagged: Post) -> None:
    assert enter(None).get("/tags/bells?before=x").status_code == 400
