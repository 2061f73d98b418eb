"""People with an account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from claps.plain.errors import Conflict, NotFound
from claps.plain.people import LEFT_DISPLAY_NAME
from claps.store.database import Database
from claps.store.people import (
    Person,
    add_person,
    find_password_hash,
    find_people,
    find_person,
    get_person,
    left_since,
    let_go,
    set_password_hash,
    set_profile,
)
from claps.store.readers import Reader

ADA = ("ada", "Ada Märsh 🔔", "a hash")


def test_a_person_is_found_by_name_and_by_id(database: Database) -> None:
    ada = database.transact(lambda: add_person(*ADA, bio_text="Writes."))

    with database.reading():
        assert get_person("ada") == get_person("ADA") == find_person(ada.id) == ada
        assert (ada.display_name, ada.bio_text) == ("Ada Märsh 🔔", "Writes.")


def test_a_person_is_a_reader_from_the_start(database: Database) -> None:
    ada = database.transact(lambda: add_person(*ADA))

    with database.reading():
        assert [row.id for row in Reader.select()] == [ada.id]


def test_a_name_is_taken_once_and_the_second_leaves_nothing(database: Database) -> None:
    ada = database.transact(lambda: add_person(*ADA))

    with pytest.raises(Conflict, match="@ada is taken"):
        database.transact(lambda: add_person("ada", "Another Ada", "another hash"))

    with database.reading():
        assert get_person("ada") == ada
        assert Reader.select().count() == 1


def test_nobody_is_not_found(database: Database) -> None:
    with database.reading():
        assert find_person(7) is None
        assert find_password_hash("ada") is None
        with pytest.raises(NotFound, match="Nobody here is called @ada"):
            get_person("ada")


def test_a_password_is_found_by_name_and_can_be_replaced(database: Database) -> None:
    ada = database.transact(lambda: add_person(*ADA))

    database.transact(lambda: set_password_hash(ada.id, "a stronger hash"))

    with database.reading():
        assert find_password_hash("Ada") == (ada.id, "a stronger hash")


def test_people_are_found_by_id_in_that_order(database: Database) -> None:
    ada, ben = (database.transact(lambda name=name: add_person(name, name, "")) for name in ("ada", "ben"))

    with database.reading():
        assert find_people([ben.id, 999, ada.id, ben.id]) == [ada, ben]
        assert find_people([]) == []


def test_what_a_person_shows_can_be_changed(database: Database) -> None:
    ada = database.transact(lambda: add_person(*ADA))

    database.transact(lambda: set_profile(ada.id, display_name="Ada 🌙", bio_text="Sleeps."))

    with database.reading():
        changed = get_person("ada")
    assert (changed.display_name, changed.bio_text) == ("Ada 🌙", "Sleeps.")


def test_who_has_left_is_nobody_and_the_name_is_not_given_out_again(database: Database) -> None:
    ada = database.transact(lambda: add_person(*ADA, bio_text="Writes."))
    now = datetime.now(UTC)

    went = [database.transact(lambda: let_go(ada.id, at=now)) for _ in range(2)]
    database.transact(lambda: set_profile(ada.id, display_name="Ada", bio_text="Again."))

    assert went == [True, False]
    with database.reading():
        assert (find_person(ada.id), find_people([ada.id]), find_password_hash("ada")) == (None, [], None)
        assert left_since(now - timedelta(hours=1)) == [ada.id] and left_since(now + timedelta(hours=1)) == []
        row = Person.get_by_id(ada.id)
        assert (row.name, row.display_name, row.bio) == (f"left-{ada.id}", LEFT_DISPLAY_NAME, "")
    with pytest.raises(Conflict, match="not given out again"):
        database.transact(lambda: add_person("Ada", "Another Ada", "another hash"))
