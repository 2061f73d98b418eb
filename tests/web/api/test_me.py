"""One's own posts and their counts, for programs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from claps.acts.claps import clap
from claps.acts.flush import flush_all
from claps.acts.publishing import Press, withdraw
from claps.app import Core
from claps.plain.limits import LINES_PER_PAGE
from claps.plain.people import Person, Reader
from claps.plain.posts import Post
from tests.parts import inside
from tests.parts.queries import noting_queries
from tests.web.api.conftest import Hand

URL = "/api/v1/me/posts"


@pytest.fixture
def program(app: Flask, ada: Person) -> FlaskClient:
    """A program that has Ada's cookie, and does not say what it takes."""
    client = app.test_client()
    with client.session_transaction() as session:
        session["person_id"] = ada.id
    return client


def test_one_sees_ones_own_posts_with_the_counts_of_now(
    core: Core, program: FlaskClient, ada: Person, ben: Person, article: Post
) -> None:
    inside.publish(core, ben)
    clap(core.ledger, Reader(ben.id), article, times=7)

    answer = program.get(URL)

    [told] = answer.json
    assert (answer.content_type, answer.headers["Cache-Control"]) == ("application/json", "private, no-cache")
    assert list(told) == ["id", "title", "url", "published_at", "claps", "people", "likes", "views", "comments"]
    assert (told["id"], told["title"]) == (article.id, "On bells")
    assert told["url"] == f"http://localhost/posts/{article.id}/on-bells"
    assert (told["claps"], told["people"], told["likes"], told["views"], told["comments"]) == (7, 1, 0, 0, 0)
    assert abs((datetime.fromisoformat(told["published_at"]) - article.published_at).total_seconds()) < 1
    assert "Link" not in answer.headers


def test_pages_follow_each_other_without_a_gap(core: Core, program: FlaskClient, ada: Person) -> None:
    ids = [inside.publish(core, ada).id for _ in range(LINES_PER_PAGE + 2)]

    first = program.get(URL)
    link, _, relation = first.headers["Link"].partition(">; ")
    second = program.get(link.removeprefix("<http://localhost"))

    assert relation == 'rel="next"'
    assert [post["id"] for post in first.json + second.json] == ids[::-1]
    assert "Link" not in second.headers


def test_the_number_of_queries_does_not_grow_with_the_posts(
    core: Core, app: Flask, program: FlaskClient, ada: Person
) -> None:
    counts = []
    for more in (1, 20):
        for _ in range(more):
            inside.publish(core, ada)
        library = app.extensions["claps"].library
        library.forget(["posts"])
        program.get(URL)  # their tallies are in Redis from now on
        library.forget(["posts"])
        with noting_queries() as noted:
            assert program.get(URL).status_code == 200
        counts.append(len(noted))

    assert counts[0] == counts[1]


def test_what_is_withdrawn_is_not_among_them(
    core: Core, app: Flask, program: FlaskClient, ada: Person, article: Post
) -> None:
    parts = app.extensions["claps"]
    withdraw(Press(core.database, parts.errands, lambda post_id: None), ada, article.id)

    assert program.get(URL).json == []


@pytest.mark.parametrize("before", ["0", "-1", "x", "9" * 30, "1'"])
def test_a_key_that_is_none_is_a_problem(program: FlaskClient, before: str) -> None:
    answer = program.get(URL, query_string={"before": before})

    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert answer.json["field"] == "before"


def test_ones_figures_of_a_period_stand_beside_the_ones_before(
    core: Core, program: FlaskClient, ben: Person, article: Post
) -> None:
    clap(core.ledger, Reader(ben.id), article, times=7)
    flush_all(core.database, core.journal)
    today = datetime.now(UTC).date()

    answer = program.get(f"{URL}/{article.id}/figures", query_string={"from": today - timedelta(days=1), "to": today})
    hours = program.get(f"{URL}/{article.id}/figures?range=24h")
    again = program.get(answer.request.url, headers={"If-None-Match": answer.headers["ETag"]})

    told = answer.json
    nothing = dict.fromkeys(("views", "readers", "claps", "people", "likes", "comments"), 0)
    got = nothing | {"claps": 7, "people": 1}
    assert (told["post"], told["grain"], told["total"], told["before"]) == (article.id, "day", got, nothing)
    ends = [today + timedelta(days=days) for days in (-1, 1)]
    assert [told["from"], told["to"]] == [f"{day}T00:00:00Z" for day in ends]
    assert (len(told["points"]), sum(point["claps"] for point in told["points"])) == (2, 7)
    assert (len(hours.json["points"]), sum(point["claps"] for point in hours.json["points"])) == (24, 7)
    assert again.status_code == 304


@pytest.mark.parametrize(("query", "status"), [
    ("from=x", 422), ("from=2026-11-20&to=2026-11-19", 422), ("grain=week", 422), ("range=8d", 422), ("grain=", 400),
])
def test_a_period_that_is_none_is_a_problem(program: FlaskClient, article: Post, query: str, status: int) -> None:
    answer = program.get(f"{URL}/{article.id}/figures?{query}")

    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")


def test_figures_are_for_the_writer_and_whom_they_let_see_them(
    hand: Hand, ada: Person, ben: Person, article: Post
) -> None:
    path, programs = f"/me/posts/{article.id}/figures", [hand(ada, "stats"), hand(ada, "read"), hand(ben, "stats")]

    assert [program.get(path).status_code for program in programs] == [200, 403, 404]
    assert hand(ada).get("/me/posts/99999999999999999999/figures").status_code == 404


def test_who_is_not_signed_in_is_told_so_in_json(app: Flask) -> None:
    answer = app.test_client().get(URL, headers={"Accept": "text/html"})

    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
    assert (answer.json["status"], answer.json["title"]) == (401, "Sign in first")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="claps"'
