"""How an export is laid out."""

from __future__ import annotations

import pytest

from claps.plain.parcels import file_name, front_matter, post_address


def test_facts_stand_above_the_text_as_yaml() -> None:
    text = front_matter({"title": 'A "b": ü\n---', "tags": ["a"], "claps": 3, "edited_at": None}, "Ding.\n\n")

    assert text == '---\ntitle: "A \\"b\\": ü\\n---"\ntags: ["a"]\nclaps: 3\nedited_at: null\n---\n\nDing.\n'


@pytest.mark.parametrize(
    ("slug", "name"), [("on-bells", "12-on-bells"), ("", "12"), ("../../x", "12-x"), ("a/b.md", "12-a-b-md")]
)
def test_no_name_leads_to_another_folder(slug: str, name: str) -> None:
    assert file_name(12, slug) == name


def test_a_post_has_its_whole_address() -> None:
    assert post_address("https://a.example", 12, "on-bells") == "https://a.example/posts/12/on-bells"
    assert post_address("https://a.example", 12, "") == "https://a.example/posts/12"
