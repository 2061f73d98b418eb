"""Joining and signing in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from claps.acts.people import change_profile, earlier_profile, join, sign_in
from claps.plain.errors import Conflict, Invalid, Refused
from claps.plain.people import Person
from claps.settings import ROOT
from claps.store.database import Database
from claps.store.migrations import migrate
from claps.store.people import get_person

PASSWORD = "a few words in a row"


@pytest.fixture
def database(tmp_path: object) -> Iterator[Database]:
    """A database without anybody; SQLite, because hashing is what these tests are about."""
    database = Database(f"sqlite:///{tmp_path}/claps.db")
    migrate(database, ROOT / "migrations")
    yield database
    database.close()


def test_who_has_joined_can_sign_in(database: Database) -> None:
    ada = join(database, " @Ada ", "  Ada   Marsh ", PASSWORD)

    assert (ada.name, ada.display_name) == ("ada", "Ada Marsh")
    assert sign_in(database, "@ADA ", PASSWORD) == ada


def test_who_shows_no_other_name_is_shown_by_the_name(database: Database) -> None:
    assert join(database, "ben_2", " ", PASSWORD).display_name == "ben_2"


def test_a_name_is_taken_once(database: Database) -> None:
    join(database, "ada", "Ada", PASSWORD)

    with pytest.raises(Conflict, match="@ada is taken"):
        join(database, "Ada", "Somebody else", PASSWORD)


@pytest.mark.parametrize(
    "name", ["", "a", "2ben", "_ben", "ada marsh", "ädä", "a" * 31, "admin", "Login", "ada\nb", "@"]
)
def test_names_that_cannot_be_are_refused(database: Database, name: str) -> None:
    with pytest.raises(Invalid) as error:
        join(database, name, "", PASSWORD)

    assert error.value.field == "name"


@pytest.mark.parametrize(
    ("field", "display_name", "password"),
    [("password", "Ada", "fourteen chars"), ("password", "Ada", "x" * 201), ("display_name", "x" * 61, PASSWORD)],
)
def test_what_is_too_short_or_too_long_names_its_field(
    database: Database, field: str, display_name: str, password: str
) -> None:
    with pytest.raises(Invalid) as error:
        join(database, "ada", display_name, password)

    assert error.value.field == field


@pytest.mark.parametrize(("name", "password"), [("ada", "another password"), ("nobody", PASSWORD), ("", "")])
def test_which_of_the_two_is_wrong_is_not_said(
    database: Database, name: str, password: str, capfd: pytest.CaptureFixture[str]
) -> None:
    join(database, "ada", "Ada", PASSWORD)

    with pytest.raises(Refused) as error:
        sign_in(database, name, password)

    assert error.value.message == "That name and password do not fit together."
    assert capfd.readouterr().err == ""  # nobody's wrong password fills the log


def test_what_is_shown_of_a_person_can_be_changed(database: Database, ada: Person) -> None:
    change_profile(database, ada, display_name=" Ada  of the Bells ", bio=" Rings\r\n\r\nthem. ")

    with database.reading():
        changed = get_person("ada")
    assert (changed.display_name, changed.bio_text) == ("Ada of the Bells", "Rings them.")


def test_what_was_shown_before_is_kept_and_can_be_put_back(database: Database, ada: Person) -> None:
    before = earlier_profile(database, ada)
    for bio in ("One.", "Two.", "Two."):
        change_profile(database, ada, display_name="Ada", bio=bio)

    earlier = earlier_profile(database, ada)
    assert (before, earlier) == (None, ("Ada", "One."))
    for _ in range(2):
        change_profile(database, ada, display_name="Ada", bio="One.")

    with database.reading():
        assert get_person("ada").bio_text == "One."
    assert earlier_profile(database, ada) == ("Ada", "Two.")


@pytest.mark.parametrize(
    ("display_name", "bio", "field"),
    [(" ", "", "display_name"), ("a" * 61, "", "display_name"), ("A", "b" * 301, "bio")],
)
def test_what_is_too_long_or_nameless_is_refused(
    database: Database, ada: Person, display_name: str, bio: str, field: str
) -> None:
    with pytest.raises(Invalid) as error:
        change_profile(database, ada, display_name=display_name, bio=bio)

    assert error.value.field == field
    with database.reading():
        assert get_person("ada") == ada


@pytest.fixture
def ada(database: Database) -> Person:
    """Ada, who writes."""
    return join(database, "ada", "Ada", PASSWORD)
