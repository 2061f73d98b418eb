"""Pictures: which files there are, and who keeps which."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from claps.store.database import Database
from claps.store.images import count_bytes, drop_image, has_image, hold_media, images_of, put_image, used_bytes
from claps.store.people import add_person

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
NAME = f"{'a' * 32}-4x3.webp"


@pytest.fixture
def people(database: Database) -> tuple[int, int]:
    """Ada and Ben."""
    ada, ben = database.transact(lambda: [add_person(name, name, "no hash") for name in ("ada", "ben")])
    return ada.id, ben.id


def keep(database: Database, owner_id: int, name: str = NAME, *, alt: str = "A bell") -> None:
    """Keep a picture of a hundred bytes."""

    def work() -> None:
        hold_media(name, 100)
        put_image(owner_id, name, alt, 100, at=NOON)

    database.transact(work)


def test_a_picture_counts_once_for_each_who_keeps_it(database: Database, people: tuple[int, int]) -> None:
    ada, ben = people
    keep(database, ada)
    keep(database, ada, alt="A larger bell")
    keep(database, ben)

    assert database.transact(lambda: (used_bytes(ada), used_bytes(ben))) == (100, 100)
    with database.reading():
        assert [image.alt for image in images_of(ada, limit=9)] == ["A larger bell"]
        assert (has_image(ada, NAME), has_image(ada, "other"), count_bytes(99)) == (True, False, 0)


def test_the_file_goes_with_the_last_who_kept_it(database: Database, people: tuple[int, int]) -> None:
    ada, ben = people
    keep(database, ada)
    keep(database, ben)

    gone = database.transact(lambda: [drop_image(owner, NAME) for owner in (ada, ben, ben)])

    assert gone == [False, True, False]


def test_pictures_come_newest_first_page_by_page(database: Database, people: tuple[int, int]) -> None:
    names = [f"{letter * 32}-4x3.webp" for letter in "abc"]
    for name in names:
        keep(database, people[0], name)

    with database.reading():
        first = images_of(people[0], limit=2)
        rest = images_of(people[0], before_id=first[-1].id, limit=2)

    assert [image.name for image in first + rest] == names[::-1]
