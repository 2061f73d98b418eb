"""The writer's dashboard."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest

from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Client
from tests.web.conftest import SignIn


def test_who_is_not_signed_in_is_sent_to_the_door(guest: Client) -> None:
    answer = guest.get("/dashboard")

    assert (answer.status, answer.headers["location"]) == (303, "/login?next=/dashboard")


def test_a_writer_sees_their_own_posts_with_the_last_minutes(guest: Client, sign_in: SignIn) -> None:
    guest.post("/posts/1/claps", {"claps": 7})

    page = sign_in("ada").get("/dashboard?c=new")

    assert page.headers["cache-control"] == "private, no-store"
    posts = set(re.findall(r'<b id="claps-(\d+)">', page.text))
    assert "1" in posts and "2" not in posts
    [minutes] = re.findall(r'id="minutes-1">.*?<small>([\d,]+) in the last 30 minutes', page.text)
    assert int(minutes.replace(",", "")) >= 7


def test_a_dashboard_watches_its_writer(sign_in: SignIn) -> None:
    page = sign_in("ada").get("/dashboard").text

    assert re.search(r'hx-ws:connect="/live\?topic=writer:\d+&amp;since=&amp;topic=person:\d+&amp;since=[\w.]+"', page)
    assert re.search(r'src="/live/frame\?topic=writer:\d+"', page)


def test_a_clap_moves_the_dashboard_while_one_looks(guest: Client, sign_in: SignIn) -> None:
    ada = sign_in("ada")
    found = re.search(r"topic=(writer:\d+)", ada.get("/dashboard").text)
    assert found

    with ada.open_stream(f"/live?topic={found[1]}", headers={"Accept": "text/event-stream"}) as stream:
        stream.read_until('"posts":')
        claps = guest.post_json("/posts/1/claps", {"claps": 3}).json["claps"]

        assert stream.read_until(f'{{"post":1,"claps":{claps},')


def test_all_posts_are_there_as_they_move_page_by_page(sign_in: SignIn) -> None:
    ada = sign_in("ada")

    first = ada.get("/dashboard/posts").text
    newest = int(re.findall(r'id="claps-(\d+)"', first)[0])
    older = ada.get(f"/dashboard/posts?before={newest}").text

    assert "topic=writer:1:below:0&amp;" in first and f"topic=writer:1:below:{newest}&amp;" in older
    assert f'id="claps-{newest}"' not in older and re.search(r'id="readers-\d+"', older)
    assert sign_in("ben").get("/dashboard/posts?before=junk").status == 400


def test_who_has_published_nothing_is_told_what_will_be_here(live_site: ClapsServer) -> None:
    newcomer = live_site.open_client()
    newcomer.post("/join", {"name": "dee", "display_name": "Dee", "password": "a long password"})

    assert "You have not published anything yet." in newcomer.get("/dashboard").text


@pytest.mark.parametrize("query", ["", "?range=24h", "?range=30d&by=views", "?from=2026-01-01&to=2026-01-31"])
def test_a_period_has_its_charts_and_a_table_behind_them(sign_in: SignIn, query: str) -> None:
    page = sign_in("ada").get(f"/dashboard{query}").text

    assert page.count('<div class="card">') == 7
    assert "These charts as a table" in page and "style=" not in page


def test_a_period_that_is_none_is_refused_beside_its_field(sign_in: SignIn) -> None:
    page = sign_in("ada").get("/dashboard?from=yesterday")

    assert page.status == 422
    assert 'id="from-error">Write the day like 2026-11-21.' in page.text
    assert 'value="yesterday" aria-invalid="true"' in page.text


@pytest.mark.parametrize("name", ["times", "posts", "referrers", "minutes"])
def test_every_table_is_a_page_csv_and_json(sign_in: SignIn, name: str) -> None:
    ada = sign_in("ada")

    page, lines, told = (ada.get(f"/dashboard/tables/{name}{kind}?range=7d") for kind in ("", ".csv", ".json"))

    assert page.text.count("<table>") == 1
    rows = list(csv.DictReader(io.StringIO(lines.text)))
    assert lines.headers["content-type"].startswith("text/csv")
    assert lines.headers["content-disposition"].startswith(f'attachment; filename="claps-{name}-')
    assert [set(row) for row in rows] == [set(row) for row in told.json]
    assert len(rows) == {"times": 7, "minutes": 30}.get(name, len(rows))


def test_a_table_is_for_its_writer_alone(guest: Client, sign_in: SignIn) -> None:
    assert guest.get("/dashboard/tables/times.csv").status == 403
    assert sign_in("ada").get("/dashboard/tables/secrets.csv").status == 404
    assert sign_in("ada").get("/dashboard/tables/times.xml").status == 404


def test_a_page_of_figures_is_kept_for_its_writer_alone(sign_in: SignIn) -> None:
    pages: list[Callable[[], str]] = [lambda name=name: sign_in(name).get("/dashboard").text for name in ("ada", "ben")]

    ada, ben, again = pages[0](), pages[1](), pages[0]()

    assert "Ada Marsh" in ada and "Ada Marsh" in again
    assert 'href="/@ben">' in ben and ben != ada
