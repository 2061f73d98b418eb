"""Rendered pages are kept until they are old or something that they show has changed."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from itertools import count

import brotli
import pytest
from flask import Flask, Response, abort
from flask.testing import FlaskClient

from claps.acts.posts import Library
from claps.app import Core
from claps.hot.channels import Channels
from claps.web import shelf as shelf_module
from claps.web.shelf import Shelf, kept
from claps.web.site import Site
from tests.live.peers import until
from tests.parts.http_client import Client
from tests.parts.processes import eventually
from tests.parts.redis_server import RedisServer
from tests.web.conftest import SignIn

During = Callable[[], object]


class Page:
    """A page that counts how often it is rendered, and lets something happen meanwhile."""

    def __init__(self) -> None:
        self.during: During | None = None
        self.status = 200
        self.headers = {"Cache-Control": "public, max-age=60"}
        self._numbers = count(1)

    def render(self, key: str) -> Response:
        """Say which rendering of all this is."""
        text, during, self.during = f"{key} {next(self._numbers)} " + "." * 1_000, self.during, None
        if during is not None:
            during()
        if self.status == 404:
            abort(404)
        return Response(text, self.status, self.headers, content_type="text/html; charset=utf-8")


@pytest.fixture
def page(app: Flask) -> Page:
    """A page at ``/counted/KEY`` that shows ``post:KEY`` and lists of posts."""
    page = Page()
    app.get("/counted/<key>")(kept(lambda key: (f"post:{key}", "posts"))(page.render))
    return page


@pytest.fixture
def reader(app: Flask, page: Page) -> FlaskClient:
    """Who looks at it."""
    return app.test_client()


@pytest.fixture
def shelf(app: Flask) -> Shelf:
    """The shelf on which it is kept."""
    found: Shelf = app.extensions["claps-shelf"]
    return found


def read(reader: FlaskClient, path: str = "/counted/1", status: int = 200) -> str:
    """The page up to its filling."""
    answer = reader.get(path)
    assert answer.status_code == status
    return answer.text.rstrip(".").strip()


def test_a_page_is_rendered_once_for_everybody(app: Flask, reader: FlaskClient) -> None:
    assert [read(one) for one in (reader, app.test_client(), reader)] == ["1 1"] * 3


@pytest.mark.parametrize("name", ["post:1", "posts"])
def test_what_has_changed_is_rendered_anew_and_nothing_else(reader: FlaskClient, shelf: Shelf, name: str) -> None:
    before = [read(reader), read(reader, "/counted/2")]

    shelf.changed(name, "@ada", "tag:unknown")

    assert before == ["1 1", "2 2"]
    assert [read(reader), read(reader, "/counted/2")] == ["1 3", "2 2" if name == "post:1" else "2 4"]


def test_a_post_that_has_changed_is_rendered_anew_with_every_list(reader: FlaskClient, shelf: Shelf) -> None:
    before = [read(reader), read(reader, "/counted/2")]

    shelf.changed_post(1)

    assert (before, shelf.count) == (["1 1", "2 2"], 0)


def test_what_changes_in_one_worker_is_dropped_in_all(
    app: Flask, core: Core, reader: FlaskClient, shelf: Shelf
) -> None:
    parts: Site = app.extensions["claps"]
    relay = parts.hub.relay
    relay.start(Channels(core.redis, heard=relay.heard, joined=relay.confirmed))
    until(lambda: relay.connected)
    read(reader)

    Shelf(Library(core.database, core.mending, core.tallies), core.publish).changed("post:1")

    until(lambda: shelf.count == 0)
    assert read(reader) == "1 2"


def test_a_change_is_dropped_here_when_nobody_else_can_be_told(
    redis: RedisServer, reader: FlaskClient, shelf: Shelf
) -> None:
    read(reader)
    redis.kill()

    shelf.changed("post:1")

    assert shelf.count == 0


def test_an_old_page_is_rendered_by_one_while_others_get_the_old_one(
    reader: FlaskClient, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf_module, "PAGE_FRESH_SECONDS", 0.0)
    read(reader)
    meanwhile: list[str] = []
    page.during = lambda: meanwhile.append(read(reader))

    assert (read(reader), meanwhile) == ("1 2", ["1 1"])


def test_what_changed_while_it_was_rendered_is_not_kept(reader: FlaskClient, page: Page, shelf: Shelf) -> None:
    page.during = lambda: shelf.changed("post:1")

    assert [read(reader), read(reader), read(reader)] == ["1 1", "1 2", "1 2"]


def test_a_page_that_is_gone_is_gone_for_all(
    reader: FlaskClient, page: Page, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf_module, "PAGE_FRESH_SECONDS", 0.0)
    read(reader)
    page.status = 404

    for _ in range(2):
        read(reader, status=404)
    assert shelf.count == 0


def test_an_address_with_a_query_is_rendered_for_itself(reader: FlaskClient, shelf: Shelf) -> None:
    assert [read(reader, "/counted/1?c=8") for _ in range(2)] == ["1 1", "1 2"]
    assert shelf.count == 0


@pytest.mark.parametrize(
    "headers", [{}, {"Cache-Control": "private, no-store"}, {"Cache-Control": "public", "Set-Cookie": "reader=x"}]
)
def test_what_is_not_for_everybody_is_not_kept(
    reader: FlaskClient, page: Page, shelf: Shelf, headers: dict[str, str]
) -> None:
    page.headers = headers

    assert [read(reader), read(reader)] == ["1 1", "1 2"]
    assert shelf.count == 0


def test_every_coding_of_a_kept_page_unpacks_to_the_same(reader: FlaskClient) -> None:
    plain, packed, zipped = (
        [reader.get("/counted/1", headers={"Accept-Encoding": coding}) for _ in range(2)][-1]
        for coding in ("identity", "br", "gzip")
    )

    assert brotli.decompress(packed.data) == gzip.decompress(zipped.data) == plain.data
    for answer, coding in ((plain, None), (packed, "br"), (zipped, "gzip")):
        assert answer.headers.get("Content-Encoding") == coding
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Cache-Control"] == "public, max-age=60"
        assert answer.headers["Content-Length"] == str(len(answer.data))


@pytest.mark.parametrize("coding", ["identity", "br"])
def test_who_has_a_page_already_is_told_so(reader: FlaskClient, shelf: Shelf, coding: str) -> None:
    mark = reader.get("/counted/1").headers["ETag"]
    headers = {"If-None-Match": mark, "Accept-Encoding": coding}

    same = reader.get("/counted/1", headers=headers)
    shelf.changed("post:1")
    other = reader.get("/counted/1", headers=headers)

    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", mark)
    assert (other.status_code, other.headers["ETag"] != mark) == (200, True)


def test_a_head_is_answered_from_the_same_copy(reader: FlaskClient) -> None:
    read(reader)

    head = reader.head("/counted/1")

    assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", str(len("1 1 ") + 1_000))


def test_no_more_is_kept_than_there_is_room_for(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf_module, "PAGES_KEPT_BYTES", 5_000)
    parts: Site = app.extensions["claps"]
    app.extensions["claps-shelf"] = shelf = Shelf(parts.library, parts.publish)
    page = Page()
    app.get("/small/<key>")(kept(lambda key: (key,))(page.render))

    texts = [read(app.test_client(), f"/small/{key}") for key in "abca"]

    assert (texts, shelf.count) == (["a 1", "b 2", "c 3", "a 4"], 2)


def test_a_comment_is_on_the_page_at_once(guest: Client, sign_in: SignIn) -> None:
    before, ben = guest.get("/posts/6").text, sign_in("ben")

    ben.post("/posts/6/comments", {"body": "I have been waiting to say this."})

    assert "waiting to say this" not in before
    # Sooner than a copy grows old, whichever worker answers.
    eventually(lambda: "waiting to say this" in ben.get("/posts/6").text, seconds=10)
