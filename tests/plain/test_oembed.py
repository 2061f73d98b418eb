"""How a page is embedded."""

from __future__ import annotations

from xml.etree import ElementTree

from claps.plain.oembed import Embedding, as_xml, tell_embedding

ROOT = "https://claps.example"
PAGE = Embedding("https://blog.example/bells?a&b", "Bells & <i>", "<iframe></iframe>", 400, 56)


def test_it_is_of_the_type_rich_with_all_that_this_type_has() -> None:
    told = tell_embedding(PAGE, root=ROOT)

    assert {"version": "1.0", "type": "rich", "html": PAGE.html, "width": 400, "height": 56}.items() <= told.items()
    assert "author_name" not in told


def test_it_fits_into_the_room_there_is() -> None:
    told = tell_embedding(PAGE, root=ROOT, most_width=300, most_height=1_000)

    assert (told["width"], told["height"]) == (300, 56)


def test_xml_says_the_same() -> None:
    told = tell_embedding(Embedding(PAGE.url, PAGE.title_text, PAGE.html, 1, 1, "Ada", f"{ROOT}/@ada"), root=ROOT)

    read = {node.tag: node.text for node in ElementTree.fromstring(as_xml(told).encode())}

    assert read == {name: str(value) for name, value in told.items()}
