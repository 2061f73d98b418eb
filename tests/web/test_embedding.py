"""Which other websites may show what is made for them, and how it looks there."""

from __future__ import annotations

import pytest
from flask import Flask, Response
from markupsafe import Markup

from claps.plain.errors import Invalid, Malformed, Refused
from claps.plain.sites import Site
from claps.web.embedding import (
    Look,
    allow_origin,
    check_origin,
    framed,
    markup_for,
    read_look,
    spell_look,
    style_sheet,
)

BLOG = Site(1, 7, "Blog", ("https://blog.example", "https://www.blog.example"))
APP = Flask("embedding")


def test_a_look_is_as_it_was_asked_for() -> None:
    look = read_look({"color": "#0A0", "theme": "dark"})

    assert look == Look("00aa00", "dark")
    assert look.url == "/embed/look.css?color=00aa00&theme=dark"


def test_a_theme_is_made_of_the_colours_of_the_house() -> None:
    dark, light = style_sheet(Look("", "dark")), style_sheet(Look("", "light"))

    assert "color-scheme:dark" in dark and "color-scheme:light" in light
    assert dark.count("--accent") == light.count("--accent") == 1
    assert dark != light and "{" not in dark[6:]
    assert style_sheet(Look()) == ""


def test_only_a_sites_own_pages_may_frame_it() -> None:
    assert framed(Response(), BLOG).headers["Content-Security-Policy"].endswith(
        "frame-ancestors 'self' https://blog.example https://www.blog.example"
    )
    assert framed(Response(), None).headers["Content-Security-Policy"].endswith("frame-ancestors *")


@pytest.mark.parametrize(("origin", "lets_in"), [
    ("https://blog.example", True), ("http://localhost", True), (None, True), ("https://evil.example", False),
    ("null", False), ("https://blog.example.evil.example", False),
])
def test_what_changes_something_comes_from_the_site(origin: str | None, lets_in: bool) -> None:
    with APP.test_request_context("/", headers={"Origin": origin} if origin else {}):
        if lets_in:
            check_origin(BLOG)
        else:
            with pytest.raises(Refused):
                check_origin(BLOG)


def test_pages_of_the_site_may_read_an_answer_and_others_may_not() -> None:
    with APP.test_request_context("/", headers={"Origin": "https://blog.example"}):
        mine = allow_origin(Response(), BLOG)
    with APP.test_request_context("/", headers={"Origin": "https://evil.example"}):
        other = allow_origin(Response(), BLOG)

    assert mine.headers["Access-Control-Allow-Origin"] == "https://blog.example"
    assert "Access-Control-Allow-Origin" not in other.headers
    assert mine.headers["Vary"] == other.headers["Vary"] == "Origin"


def test_what_is_copied_holds_whatever_an_address_has_in_it() -> None:
    markup = markup_for("https://claps.example", 'https://blog.example/?a="><script>')

    assert set(markup) == {"frame", "element", "picture"}
    assert all(isinstance(text, Markup) for text in markup.values())
    assert "/embed?url=https%3A%2F%2Fblog.example%2F%3Fa%3D%22%3E%3Cscript%3E" in markup["frame"]


@pytest.mark.parametrize("asked", [{"color": "0a0", "theme": "dark"}, {"colour": "#00AA00", "dark": "1"}])
def test_colour_and_theme_go_by_two_names(asked: dict[str, str]) -> None:
    assert read_look(asked) == Look("00aa00", "dark")


def test_what_is_not_said_is_as_the_reader_has_it() -> None:
    assert read_look({}) == Look("", "auto")
    assert spell_look({"dark": "0"}) == ("", "light")
    assert spell_look({"theme": "auto", "dark": "1"}) == ("", "auto")


def test_what_there_is_not_is_refused() -> None:
    with pytest.raises(Malformed):
        read_look({"theme": "blue"})
    with pytest.raises(Invalid):
        read_look({"color": "red;}"})
