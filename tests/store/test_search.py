"""The words of posts, on both databases."""

from __future__ import annotations

import pytest

from claps.store.database import Database
from claps.store.follows import add_follow
from claps.store.people import add_person
from claps.store.search import drop_text, find_people, find_posts, put_text
from tests.store.test_tags import NOON

TEXTS = {
    1: ("On bells", "The tower of the church has two of them, and neither is on time."),
    2: ("A loaf", "Bread, and the bells of Zürich at noon."),
    3: ("", "A note about nothing, or about OR and NOT."),
}


@pytest.fixture
def texts(database: Database) -> Database:
    """A database with three posts that can be found."""
    for post_id, (title, body_text) in TEXTS.items():
        database.transact(lambda: put_text(post_id, title, body_text))  # noqa: B023
    return database


def find(database: Database, *words: str) -> list[int]:
    """The numbers of the posts with all of these words."""
    with database.reading():
        return find_posts(words, limit=9)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("bells",), [1, 2]), (("bel",), [1, 2]), (("bells", "bread"), [2]), (("the", "tower"), [1]),
        (("zurich",), [2]), (("not",), [3]), (("near",), []), (("elephant",), []),
    ],
)
def test_posts_are_found_by_all_of_their_words_titles_first(
    texts: Database, words: tuple[str, ...], found: list[int]
) -> None:
    assert find(texts, *words) == found


def test_a_changed_post_is_found_by_what_it_says_now(texts: Database) -> None:
    texts.transact(lambda: put_text(1, "On clocks", "Ticking."))

    assert (find(texts, "bells"), find(texts, "clocks")) == ([2], [1])


def test_a_withdrawn_post_is_found_no_more(texts: Database) -> None:
    texts.transact(lambda: drop_text(2))

    assert find(texts, "bells") == [1]


def test_people_are_found_by_the_beginning_of_either_name(database: Database) -> None:
    ada = database.transact(lambda: add_person("ada", "Countess", "no hash"))
    adam = database.transact(lambda: add_person("adam", "Adam_Smith", "no hash"))
    ben = database.transact(lambda: add_person("ben", "Adrian", "no hash"))
    database.transact(lambda: add_follow(ada.id, ben.id, at=NOON))

    def names(word: str) -> list[str]:
        with database.reading():
            return [person.name for person in find_people(word, limit=9)]

    assert names("Ad") == ["ben", "ada", "adam"]
    assert (names("count"), names("%"), names("Adam_"), names("ad_")) == (["ada"], [], [adam.name], [])
