"""Which addresses are one page, and which are none."""

from __future__ import annotations

import pytest

from claps.plain.errors import Invalid
from claps.plain.sites import read_address, read_origin

ONE_PAGE = (
    "https://blog.example/post",
    "https://blog.example/post/",
    "HTTPS://Blog.Example:443/post#comments",
    "  https://blog.example/./a/../post ",
    "https://blog.example//post",
    "https://blog.example/%70ost?utm_source=mail&fbclid=1",
)
WRONG = (
    "", "blog.example/post", "/post", "javascript:alert(1)", "ftp://blog.example/", "https://", "https:///post",
    "https://ada@blog.example/", "https://blog.example/a b", "https://blog.example\\@evil.example/",
    "https://blog.example:99999/", "https://[::1/", "https://blog.example/\x00", "https://a;b.example/",
    "https://blog.example/" + "x" * 500, "https://blog.example/<script>", "https://*.example/",
)
SPELLED = (
    ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
    ("https://blog.example", "https://blog.example/"),
    ("https://blog.example/a%2Fb%3Fc", "https://blog.example/a%2Fb%3Fc"),
    ("https://blog.example/?p=12&utm_medium=x&b", "https://blog.example/?p=12&b"),
    ("http://127.0.0.1:80/a", "http://127.0.0.1/a"),
    ("http://[::1]:8000/a", "http://[::1]:8000/a"),
    ("https://blog.example/%ff", "https://blog.example/%FF"),
)


def test_spellings_of_one_address_have_one_key() -> None:
    addresses = [read_address(text) for text in ONE_PAGE]

    assert {address.key for address in addresses} == {"/post"}
    assert {address.origin for address in addresses} == {"https://blog.example"}


def test_what_is_asked_for_tells_pages_apart() -> None:
    assert read_address("https://blog.example/?p=1").key != read_address("https://blog.example/?p=2").key


@pytest.mark.parametrize(("text", "url"), SPELLED)
def test_an_address_is_spelled_as_browsers_send_it(text: str, url: str) -> None:
    assert read_address(text).url == url


@pytest.mark.parametrize("text", WRONG)
def test_what_no_page_can_have_is_no_address(text: str) -> None:
    with pytest.raises(Invalid) as error:
        read_address(text)

    assert error.value.field == "url"


def test_an_address_is_shown_as_people_read_it() -> None:
    assert read_address("https://blog.example/caf%C3%A9/").shown == "blog.example/café"


@pytest.mark.parametrize("text", ["blog.example", "https://blog.example/a/page?x", " https://BLOG.example "])
def test_an_origin_is_read_from_what_people_type(text: str) -> None:
    assert read_origin(text) == "https://blog.example"
