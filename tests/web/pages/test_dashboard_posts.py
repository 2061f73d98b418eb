"""One post's figures, for its writer."""

from __future__ import annotations

import re

import pytest

from tests.parts.http_client import Client
from tests.web.conftest import SignIn


@pytest.mark.parametrize(("name", "status"), [("ada", 200), ("ben", 404)])
def test_only_the_writer_sees_a_posts_figures(sign_in: SignIn, name: str, status: int) -> None:
    client = sign_in(name)

    for path in ("", "/moved", "/tables/minutes.csv", "/clappers", "/tables/clappers.csv", "/tables/times.json"):
        assert client.get(f"/dashboard/posts/1{path}").status == status


def test_who_is_not_signed_in_is_sent_to_the_door(guest: Client) -> None:
    assert guest.get("/dashboard/posts/1").headers["location"] == "/login?next=/dashboard/posts/1"
    assert guest.get("/dashboard/posts/1/clappers").status == 403


def test_the_writer_sees_who_clapped(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    page = ada.get("/dashboard/posts/1")

    assert "Only you see this." in page.text
    row = r'<li>(<a href="/@\w+">[^<]+</a>|<span>[\w ,]+</span>) <b>\d+</b>'
    assert re.search(rf'<ul class="clappers">\s*{row}', page.text)
    assert "1,200 claps from 24 readers" in page.text
    assert "Nothing looks like a machine." in ada.get("/dashboard/posts/8").text


def test_a_posts_page_has_its_own_part_of_the_dashboard(guest: Client, sign_in: SignIn) -> None:
    guest.post("/posts/1/claps", {"claps": 7})

    page = sign_in("ada").get("/dashboard/posts/1?c=new").text

    assert re.search(r'hx-ws:connect="/live\?topic=writer:1:post:1&amp;', page)
    assert re.search(r'src="/live/frame\?topic=writer:1:post:1"', page)
    assert re.search(r'id="latelyclaps-0">.*?<small>[\d,]+ in the last 30 minutes', page)
    assert 'id="moving"' not in page


def test_what_has_moved_is_asked_for_in_parts(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    [asked] = re.findall(r'hx-get="([^"]+/moved[^"]*)"', ada.get("/dashboard/posts/1?range=30d").text)
    [asked_of_all] = re.findall(r'hx-get="([^"]+/moved[^"]*)"', ada.get("/dashboard?range=30d&by=views").text)

    one, everything = (ada.get(url.replace("&amp;", "&")) for url in (asked, asked_of_all))

    parts = [re.findall(r'<hx-partial id="(\w+)"', answer.text) for answer in (one, everything)]
    assert parts == [["cards", "times", "referrers", "who", "marked"], ["cards", "times", "referrers", "posts"]]
    assert "30 days" in one.text and one.headers["cache-control"] == "private, no-store"


def test_a_burst_that_there_is_not_is_not_taken_out(sign_in: SignIn) -> None:
    ada = sign_in("ada")

    assert ada.post("/dashboard/posts/1/bursts/99").status == 404
    assert sign_in("ben").post("/dashboard/posts/1/bursts/99").status == 404
    assert ada.get("/dashboard/posts/1/tables/secrets").status == 404
