"""How far a topic has come."""

from __future__ import annotations

import pytest

from claps.plain.errors import Malformed
from claps.plain.versions import PAGED, Position, Version, epoch_text, parse_position, parse_version


def test_a_version_is_read_and_spelled_the_same() -> None:
    assert parse_version("t3k9zf.41") == Version("t3k9zf", 41)
    assert str(Version("t3k9zf", 41)) == "t3k9zf.41"


def test_an_empty_text_says_that_nothing_was_seen() -> None:
    assert parse_version("") is None


@pytest.mark.parametrize(
    "text",
    ["41", ".41", "e.", "e.-1", "e.4.1", "E.41", "e.41 ", "e.4\n", "e.٤", "e." + "1" * 20, "e" * 33 + ".1", '"e.41"'],
)
def test_nothing_else_is_a_version(text: str) -> None:
    with pytest.raises(Malformed) as error:
        parse_version(text)

    assert error.value.field == "since"


@pytest.mark.parametrize(
    ("text", "cursor"), [("e.41", None), ("e.41~", ""), ("e.41~YnRj-_", "YnRj-_"), (f"e.41~{PAGED}", PAGED)]
)
def test_a_position_may_lie_within_a_snapshot(text: str, cursor: str | None) -> None:
    position = parse_position(text)

    assert position == Position(Version("e", 41), cursor) and str(position) == text


@pytest.mark.parametrize("text", ["~", "e~a", "e.1~a~b", "e.1~ä", "e.1~a b", "e.1~" + "a" * 1_201, "e.1~a\n"])
def test_nothing_else_is_a_position(text: str) -> None:
    with pytest.raises(Malformed):
        parse_position(text)


def test_an_empty_position_says_that_nothing_was_seen() -> None:
    assert parse_position("") is None


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (35, "z"), (36, "10"), (1_795_000_000, "top2v4")])
def test_an_epoch_is_spelled_in_base_36(number: int, text: str) -> None:
    assert epoch_text(number) == text
    assert int(text, 36) == number


def test_an_epoch_is_never_negative() -> None:
    with pytest.raises(ValueError, match="never negative"):
        epoch_text(-1)
