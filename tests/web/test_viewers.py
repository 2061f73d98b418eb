"""Views: once for each who looks, when the live part is asked for; bots and lists count nothing."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from gevent.event import AsyncResult

from claps.acts.figures import referrers_of_post
from claps.app import Core
from claps.plain.changes import Change
from claps.plain.errors import ClapsError
from claps.plain.figures import span_of
from claps.plain.posts import Post
from claps.plain.tallies import Clapped
from tests.parts.inside import publish

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
WITHOUT_FRAMES = ["w3m/0.5.3+git20230121", "Lynx/2.9.2 libwww-FM/2.14", "ELinks/0.16.1.1", "Links (2.29; Linux)"]


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    """Someone with no cookies."""
    with app.test_client() as client:
        yield client


def views(core: Core, post: Post) -> int:
    """What was counted by now: a view of our own is gathered behind all others."""
    done: AsyncResult[Clapped | ClapsError] = AsyncResult()
    core.ledger.submit_later(Change("view", post.id, secrets.token_hex(4), 1), done.set)
    clapped = done.get(timeout=5)
    assert isinstance(clapped, Clapped)
    return clapped.tally.views - 1


@pytest.mark.parametrize("agent", WITHOUT_FRAMES)
def test_a_browser_without_frames_is_counted_for_the_page_once(
    core: Core, article: Post, client: FlaskClient, agent: str
) -> None:
    for _ in range(2):
        client.get(f"/posts/{article.id}", headers={"User-Agent": agent})
    client.get(f"/live/frame?topic=post:{article.id}", headers={"User-Agent": agent})

    assert views(core, article) == 1


@pytest.mark.parametrize("agent", [GOOGLEBOT, ""])
def test_a_bot_is_not_counted_even_where_it_asks_for_the_live_part(
    core: Core, article: Post, client: FlaskClient, agent: str
) -> None:
    client.get(f"/live/frame?topic=post:{article.id}", headers={"User-Agent": agent})

    assert views(core, article) == 0


def test_a_page_that_a_graphical_browser_or_a_cache_fetches_counts_nothing_by_itself(
    core: Core, article: Post, client: FlaskClient
) -> None:
    client.get(f"/posts/{article.id}", headers={"User-Agent": FIREFOX})
    fetched = views(core, article)

    client.get(f"/live/frame?topic=post:{article.id}", headers={"User-Agent": FIREFOX})

    assert (fetched, views(core, article)) == (0, 2)  # the first look is among them


def test_two_behind_one_address_are_two_and_who_comes_back_is_one(
    core: Core, article: Post, client: FlaskClient
) -> None:
    for agent in (FIREFOX, f"{FIREFOX} Other/1", FIREFOX):
        client.get(f"/live/frame?topic=post:{article.id}", headers={"User-Agent": agent})

    assert views(core, article) == 2


@pytest.mark.parametrize("query", ["&listed=1", "&since=e.1", "&topic=post:2"])
def test_who_looks_over_a_list_or_has_been_counted_before_is_not(
    core: Core, article: Post, client: FlaskClient, query: str
) -> None:
    publish(core, article.writer)

    client.get(f"/live/frame?topic=post:{article.id}{query}", headers={"User-Agent": FIREFOX})

    assert views(core, article) == 0


def visits(app: Flask, core: Core, post: Post) -> list[tuple[str, int]]:
    """From which hosts a post's page was asked for."""
    app.extensions["claps"].referrers.write_down()
    now = datetime.now(UTC)
    return referrers_of_post(core.database, post.id, span_of(now - timedelta(days=1), now, "day"), limit=99)


def test_where_a_reader_came_from_is_counted_by_its_host(
    app: Flask, core: Core, article: Post, client: FlaskClient
) -> None:
    for address in ("https://search.example/?q=bells", "https://search.example/", None):
        headers = {"User-Agent": FIREFOX} | ({"Referer": address} if address else {})
        client.get(f"/posts/{article.id}", headers=headers)

    assert visits(app, core, article) == [("search.example", 2), ("", 1)]


@pytest.mark.parametrize(
    "headers",
    [
        {"Referer": "http://localhost/"},
        {"User-Agent": GOOGLEBOT},
        {"Sec-Fetch-Dest": "empty"},
        {"Sec-Purpose": "prefetch"},
    ],
)
def test_nobody_came_who_was_here_or_does_not_read(
    app: Flask, core: Core, article: Post, client: FlaskClient, headers: dict[str, str]
) -> None:
    there = {"User-Agent": FIREFOX, "Referer": "https://search.example/"}

    client.get(f"/posts/{article.id}", headers=there | headers)
    client.get(f"/posts/{article.id + 99}", headers=there)

    assert visits(app, core, article) == []
