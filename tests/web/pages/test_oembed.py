"""oEmbed: how programs learn to show a page."""

from __future__ import annotations

from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from flask import Flask

from claps.acts.sites import register_site
from claps.plain.people import Person
from claps.plain.posts import Post


def test_a_post_is_shown_as_a_card_with_its_badge(app: Flask, article: Post) -> None:
    address = quote(f"http://localhost/posts/{article.id}", safe="")

    told = app.test_client().get(f"/oembed?url={address}&maxwidth=320").get_json()

    assert (told["version"], told["type"], told["title"], told["author_name"]) == ("1.0", "rich", "On bells", "Ada")
    assert f'src="http://localhost/badge.svg?post={article.id}"' in told["html"]
    assert f'href="http://localhost/posts/{article.id}/on-bells"' in told["html"]
    assert (told["width"], told["height"]) == (320, 200)


def test_xml_is_answered_where_it_is_asked_for(app: Flask, article: Post) -> None:
    answer = app.test_client().get(f"/oembed?url=/posts/{article.id}&format=xml")

    assert answer.mimetype == "text/xml"
    assert ElementTree.fromstring(answer.data).findtext("title") == "On bells"


@pytest.mark.parametrize(
    ("query", "status"),
    [("url=/posts/99", 404), ("url=https://nobody.example/", 404), ("", 400), ("url=/posts/1&format=yaml", 501)],
)
def test_what_cannot_be_shown_is_said_with_a_status(app: Flask, query: str, status: int) -> None:
    assert app.test_client().get(f"/oembed?{query}").status_code == status


def test_a_post_names_its_address_for_this_in_its_head(app: Flask, article: Post) -> None:
    link = app.test_client().get(f"/posts/{article.id}/on-bells").headers["Link"]

    address, rel, kind = link.split("; ")
    assert (rel, kind) == ('rel="alternate"', 'type="application/json+oembed"')
    assert app.test_client().get(address.strip("<>")).get_json()["title"] == "On bells"


def test_a_page_of_a_registered_website_is_shown_in_its_frame(app: Flask, ada: Person) -> None:
    register_site(app.extensions["claps"].pages, ada, name="Blog", origins="https://blog.example")

    told = app.test_client().get("/oembed?url=https://blog.example/bells&theme=dark&maxwidth=-1").get_json()

    assert (told["type"], told["title"], told["width"]) == ("rich", "https://blog.example/bells", 400)
    assert 'src="http://localhost/embed?url=https%3A%2F%2Fblog.example%2Fbells&amp;theme=dark"' in told["html"]
