"""What is typed: cleaned, and measured."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from claps.plain.errors import Invalid
from claps.plain.limits import ARTICLE_LENGTH, NOTE_LENGTH
from claps.plain.writing import Piece, Seen, Writing, check_article, check_note, check_sizes, clean

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_what_nobody_sees_is_taken_out() -> None:
    typed = Writing(" On\u202e \x00 bells\n", "\x07on-bells ", "bells\t bread", "One\r\ntwo\rthree\x0b\ufeff \t.")

    assert clean(typed) == Writing("On bells", "on-bells", "bells bread", "One\ntwo\nthree \t.")


@pytest.mark.parametrize(
    ("writing", "field"),
    [
        (Writing(body="Ding."), "title"),
        (Writing(title="On bells", body=" \n"), "body"),
        (Writing(title="x" * 201, body="Ding."), "title"),
        (Writing(title="On bells", body="x" * (ARTICLE_LENGTH + 1)), "body"),
        (Writing(title="On bells", body="Ding.", slug="x" * 81), "slug"),
        (Writing(title="On bells", body="Ding.", tags="x" * 201), "tags"),
    ],
)
def test_an_article_that_cannot_be_one_is_refused_at_its_field(writing: Writing, field: str) -> None:
    with pytest.raises(Invalid) as error:
        check_article(writing)

    assert error.value.field == field


def test_a_draft_may_lack_everything_but_not_be_endless() -> None:
    assert check_sizes(Writing()).is_blank
    with pytest.raises(Invalid):
        check_sizes(Writing(body="x" * (ARTICLE_LENGTH + 1)))


@pytest.mark.parametrize("body", ["x", "字" * NOTE_LENGTH, " " + "x" * NOTE_LENGTH + "\n"])
def test_a_note_is_up_to_five_hundred_characters(body: str) -> None:
    assert check_note(Writing(body=body)).body == body


@pytest.mark.parametrize("body", ["", " \n ", "x" * (NOTE_LENGTH + 1)])
def test_nothing_and_too_much_are_no_note(body: str) -> None:
    with pytest.raises(Invalid):
        check_note(Writing(body=body))


def test_a_piece_fills_the_editor_with_what_it_says() -> None:
    article = Piece(12, 1, "On bells", "on-bells", ("bells", "bread"), "Ding.", 1, NOON, NOON, True)
    note = Piece(13, 1, None, "", ("bells",), "Ding #bells.", 1, NOON, NOON, True)

    assert article.writing == Writing("On bells", "on-bells", "bells bread", "Ding.")
    assert note.writing == Writing(body="Ding #bells.")
    assert (article.address, note.address) == ("/posts/12/on-bells", "/posts/13")
    assert str(Seen(3, 1)) == "3.1"
