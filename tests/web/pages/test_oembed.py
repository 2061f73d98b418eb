"""oEmbed: how programs learn to show a page."""

from __future__ import annotations

from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Client
from tests.parts.sites import register


def test_a_post_is_shown_as_a_card_with_its_badge(live_site: ClapsServer, guest: Client) -> None:
    address = quote(f"{live_site.url}/posts/8", safe="")

    told = guest.get(f"/oembed?url={address}&maxwidth=320").json

    assert (told["version"], told["type"], told["title"]) == ("1.0", "rich", "How a room stops clapping")
    assert f'src="{live_site.url}/badge.svg?post=8"' in told["html"]
    assert f'href="{told["url"]}"' in told["html"] and told["author_url"].startswith(f"{live_site.url}/@")
    assert (told["width"], told["height"]) == (320, 200)


def test_xml_is_answered_where_it_is_asked_for(guest: Client) -> None:
    answer = guest.get("/oembed?url=/posts/8&format=xml")

    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert ElementTree.fromstring(answer.body).findtext("title") == "How a room stops clapping"


@pytest.mark.parametrize(
    ("query", "status"),
    [("url=/posts/9999", 404), ("url=https://nobody.example/", 404), ("", 400), ("url=/posts/8&format=yaml", 501)],
)
def test_what_cannot_be_shown_is_said_with_a_status(guest: Client, query: str, status: int) -> None:
    assert guest.get(f"/oembed?{query}").status == status


def test_a_post_names_its_address_for_this_in_its_head(guest: Client) -> None:
    link = guest.get("/posts/8", headers={"Accept": "text/html"}).headers["link"]

    address, rel, kind = link.split("; ")
    assert (rel, kind) == ('rel="alternate"', 'type="application/json+oembed"')
    assert guest.get(address.strip("<>")).json["title"] == "How a room stops clapping"


def test_a_page_of_a_registered_website_is_shown_in_its_frame(live_site: ClapsServer, guest: Client) -> None:
    register(live_site, "https://shown.example")

    told = guest.get("/oembed?url=https://shown.example/bells&theme=dark&maxwidth=-1").json

    assert (told["type"], told["title"], told["width"]) == ("rich", "https://shown.example/bells", 400)
    assert f'src="{live_site.url}/embed?url=https%3A%2F%2Fshown.example%2Fbells&amp;theme=dark"' in told["html"]
