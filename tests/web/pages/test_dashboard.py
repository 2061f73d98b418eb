"""The writer's dashboard."""

from __future__ import annotations

import re

from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Client
from tests.web.conftest import SignIn


def test_who_is_not_signed_in_is_sent_to_the_door(guest: Client) -> None:
    answer = guest.get("/dashboard")

    assert (answer.status, answer.headers["location"]) == (303, "/login?next=/dashboard")


def test_a_writer_sees_their_own_posts_with_the_last_minutes(guest: Client, sign_in: SignIn) -> None:
    guest.post("/posts/1/claps", {"claps": 7})

    page = sign_in("ada").get("/dashboard")

    assert page.headers["cache-control"] == "private, no-store"
    posts = set(re.findall(r'<b id="claps-(\d+)">', page.text))
    assert "1" in posts and "2" not in posts
    [minutes] = re.findall(r'id="minutes-1">.*?<small>([\d,]+) in the last 30 minutes', page.text)
    assert int(minutes.replace(",", "")) >= 7


def test_a_dashboard_watches_its_writer(sign_in: SignIn) -> None:
    page = sign_in("ada").get("/dashboard").text

    assert re.search(r'hx-ws:connect="/live\?topic=writer:\d+&amp;since=&amp;topic=person:\d+&amp;since=[\w.]+"', page)
    assert re.search(r'src="/live/frame\?topic=writer:\d+"', page)


def test_a_clap_moves_the_dashboard_while_one_looks(live_site: ClapsServer, guest: Client, sign_in: SignIn) -> None:
    ada = sign_in("ada")
    found = re.search(r"topic=(writer:\d+)", ada.get("/dashboard").text)
    assert found

    with ada.open_stream(f"/live?topic={found[1]}", headers={"Accept": "text/event-stream"}) as stream:
        stream.read_until('"posts":')
        claps = guest.post_json("/posts/1/claps", {"claps": 3}).json["claps"]

        assert stream.read_until(f'{{"post":1,"claps":{claps},')


def test_who_has_published_nothing_is_told_what_will_be_here(live_site: ClapsServer) -> None:
    newcomer = live_site.open_client()
    newcomer.post("/join", {"name": "dee", "display_name": "Dee", "password": "a long password"})

    assert "You have not published anything yet." in newcomer.get("/dashboard").text
