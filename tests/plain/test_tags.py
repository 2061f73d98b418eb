"""Tags: one form for what is typed in many."""

from __future__ import annotations

import pytest

from claps.plain.errors import Invalid
from claps.plain.limits import TAG_LENGTH, TAGS_PER_POST
from claps.plain.tags import check_count, find_tag, read_tags


@pytest.mark.parametrize(
    ("word", "tag"),
    [
        ("Bells", "bells"), ("city-walks", "city-walks"), ("ＢＥＬＬＳ", "bells"), ("Straße", "strasse"), ("字", "字"),
        ("b2b", "b2b"),
    ],
)
def test_a_word_becomes_a_tag(word: str, tag: str) -> None:
    assert find_tag(word) == tag


@pytest.mark.parametrize("word", ["", "1", "2026", "-", "a b", "a/b", "<b>", "a-", "x" * (TAG_LENGTH + 1)])
def test_what_can_be_no_tag_is_none(word: str) -> None:
    assert find_tag(word) is None


@pytest.mark.parametrize("text", ["bells bread", "#Bells, #bread", "bells;bread ,  BREAD", "bells\nbread"])
def test_a_field_is_read_however_it_is_typed(text: str) -> None:
    assert read_tags(text) == ("bells", "bread")


@pytest.mark.parametrize("text", ["bells & bread", "<script>", "a b c d e f", "x" * 99])
def test_a_field_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as error:
        read_tags(text)

    assert error.value.field == "tags"


def test_too_many_are_refused_where_they_were_typed() -> None:
    tags = tuple("abcdefgh"[:TAGS_PER_POST])

    assert check_count("body", tags) == tags
    with pytest.raises(Invalid) as error:
        check_count("body", (*tags, "more"))
    assert error.value.field == "body"
