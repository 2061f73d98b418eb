"""One post's figures, for its writer."""

from __future__ import annotations

import re

import pytest

from tests.parts.http_client import Client
from tests.web.conftest import SignIn


@pytest.mark.parametrize(("name", "status"), [("ada", 200), ("ben", 404)])
def test_only_the_writer_sees_a_posts_figures(sign_in: SignIn, name: str, status: int) -> None:
    client = sign_in(name)

    for path in ("", "/clappers", "/tables/clappers.csv", "/tables/times.json"):
        assert client.get(f"/dashboard/posts/1{path}").status == status


def test_who_is_not_signed_in_is_sent_to_the_door(guest: Client) -> None:
    assert guest.get("/dashboard/posts/1").headers["location"] == "/login?next=/dashboard/posts/1"
    assert guest.get("/dashboard/posts/1/clappers").status == 403


def test_the_writer_sees_who_clapped(sign_in: SignIn) -> None:
    page = sign_in("ada").get("/dashboard/posts/1")

    assert "Only you see this." in page.text
    row = r'<li>(<a href="/@\w+">[^<]+</a>|<span>[\w ,]+</span>) <b>\d+</b>'
    assert re.search(rf'<ul class="clappers">\s*{row}', page.text)
    assert "Nothing looks like a machine." in page.text


def test_a_burst_that_there_is_not_is_not_taken_out(sign_in: SignIn) -> None:
    ada = sign_in("ada")

    assert ada.post("/dashboard/posts/1/bursts/99").status == 404
    assert sign_in("ben").post("/dashboard/posts/1/bursts/99").status == 404
    assert ada.get("/dashboard/posts/1/tables/secrets").status == 404
