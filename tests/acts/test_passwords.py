"""Which passwords are taken, and how they are kept."""

from __future__ import annotations

import unicodedata

import pytest

from claps.acts.passwords import check_new, fits, hash_password
from claps.plain.errors import Invalid

PASSWORD = "a few words in a row"


def test_a_password_is_kept_as_a_salted_argon2_hash() -> None:
    first, second = hash_password(PASSWORD), hash_password(PASSWORD)

    assert first.startswith("$argon2id$")
    assert first != second


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD, "a long password", "correct horse battery staple", "нет ничего проще этого", "👏 these are my bells 👏",
        "spaces  inside and at the end ", "onlylettersandnothingelse",
        "x9" * 3 + "marmalade under the stairs" + "y" * 60,
    ],
)
def test_a_long_one_is_taken_whatever_it_is_made_of(password: str) -> None:
    check_new(password, words=("ada", "Ada Marsh"))

    assert fits(hash_password(password), password)


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword", "123456789012345", "qwertyuiopasdfgh", "a" * 40, "Password12345678", "iloveyouiloveyou",
        "claps claps claps", "ada ada ada ada ada", "adamarshadamarsh", "letmeinletmeinletmein", "abcdefghijklmnop",
    ],
)
def test_one_that_leaked_or_says_who_it_is_of_is_refused(password: str) -> None:
    with pytest.raises(Invalid, match="This would soon be guessed") as error:
        check_new(password, field="new", words=("ada", "Ada Marsh"))

    assert error.value.field == "new"


@pytest.mark.parametrize("password", ["", "fourteen chars", "x" * 201])
def test_one_that_is_too_short_or_too_long_is_refused(password: str) -> None:
    with pytest.raises(Invalid, match="15 to 200 characters"):
        check_new(password)


def test_two_hundred_characters_are_all_looked_at_when_signing_in() -> None:
    password = "marmalade under the stairs " * 7 + "in winter!!"

    assert len(password) == 200
    assert not fits(hash_password(password), password[:-1] + "?")


def test_a_letter_in_two_pieces_is_the_letter() -> None:
    password = "ein schönes Wörterbuch"

    assert fits(hash_password(password), unicodedata.normalize("NFD", password))


def test_a_hash_that_is_none_fits_nothing() -> None:
    assert not fits("no hash", PASSWORD)
