"""What all pages of posts have in common."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from claps.app import Core
from claps.plain.errors import Malformed
from claps.plain.people import Person
from claps.plain.posts import Line, Part, Post
from claps.plain.tallies import Tally
from claps.plain.topics import posts_topic
from claps.plain.versions import Version
from claps.store.bookmarks import add_bookmark
from claps.store.search import put_text
from claps.store.tags import set_tags
from claps.web.lists import before_id, by_host, by_part, older_url, watch_part
from tests.parts.inside import cool_down, publish
from tests.parts.queries import noting_queries
from tests.web.pages.conftest import Enter, enter

__all__ = ["enter"]
TALLY = Tally(12, Version("e", 1))
POST = Post(12, "Bells", "bells", "", "", Person(1, "ada", "Ada"), datetime(2026, 11, 21, tzinfo=UTC), 1, stored=TALLY)


@pytest.mark.parametrize(
    ("url", "key"),
    [("/", "/?"), ("/?before=12", "/?before=12"), ("/?new=12", "/?new=12"), ("/?after=12", "/?after=12"),
     ("/popular?before=20.5-3", None),
     ("/?c=12", None), ("/?before=12&x", None), ("/?before=" + "1" * 50, None), ("/?before=%31", None)],
)
def test_pages_of_a_list_are_kept_each_by_itself(url: str, key: str | None) -> None:
    with Flask("test").test_request_context(url):
        assert by_part() == ("/popular?before=20.5-3" if "popular" in url else key)


def test_what_names_its_address_in_full_is_kept_for_each_name() -> None:
    for host in ("one.example", "two.example"):
        with Flask("test").test_request_context("/feed.atom", base_url=f"https://{host}"):
            assert by_host() == f"https://{host}/feed.atom"


@pytest.mark.parametrize("text", ["", "0", "012", "-1", "1.5", "x", "٣", "1" * 19, "1 OR 1"])
def test_only_the_number_of_a_post_is_a_place(text: str) -> None:
    with Flask("test").test_request_context("/", query_string={"before": text}):
        with pytest.raises(Malformed):
            before_id()


PATHS = ("/", "/popular", "/tags/bells", "/tags/bells/top", "/@ada", "/following", "/bookmarks", "/search?q=bells")


@pytest.mark.parametrize("path", PATHS)
def test_a_list_takes_as_many_queries_for_twenty_posts_as_for_two(
    app: Flask, core: Core, ada: Person, enter: Enter, path: str
) -> None:
    reader, counts = enter(ada), []
    for more in (2, 18):
        ids = [publish(core, ada).id for _ in range(more)]
        core.database.transact(lambda ids=ids: tag_and_keep(ada, ids))  # type: ignore[misc]
        core.popularity.note(ids)
        core.popularity.ranks(None, 1)
        core.mending.read(range(1, 21))  # every shard has an epoch
        cool_down(core)
        app.extensions["claps-shelf"].changed("posts", "@ada")

        with noting_queries() as queries:
            counts.append((reader.get(path).text.count("<li>"), len(queries)))

    (few, least), (many, most) = counts
    assert (few, many) == (2, 20) and most == least


def tag_and_keep(person: Person, ids: list[int]) -> None:
    for post_id in ids:
        set_tags(post_id, ["bells"])
        add_bookmark(person.id, post_id, at=datetime.now(UTC))
        put_text(post_id, "On bells", "Ding.")


def test_a_list_leads_on_and_watches_what_it_shows() -> None:
    part = Part((Line(POST, TALLY),), "12")

    with Flask("test").test_request_context("/tags/bells?before=15"):
        assert (before_id(), older_url(part), older_url(Part(()))) == (15, "/tags/bells?before=12", None)
    assert watch_part(part, posts_topic(12)) == "/live?topic=post:12&since=&topic=posts:12&since=n.0&listed=1"
    assert watch_part(Part(())) is None
