"""Numbers that are hidden."""

from __future__ import annotations

from functools import partial

import pytest

from claps.acts.calm import Calm
from claps.acts.looking import PostSource
from claps.app import Core
from claps.live.sources import Astray
from claps.plain.errors import Refused
from claps.plain.people import Person
from claps.plain.posts import Post
from claps.plain.tallies import Tally
from claps.plain.topics import post_topic
from claps.plain.versions import Version
from claps.store.leaving import drop_calm
from claps.store.posts import totals_of_writer
from tests.parts.inside import ON_SQLITE

pytestmark = ON_SQLITE


class Told:
    """Notes what was said on the house's channel."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def __call__(self, name: str, message: str) -> None:
        self.messages.append(message)


@pytest.fixture
def told() -> Told:
    """What one worker tells the others."""
    return Told()


@pytest.fixture
def calm(core: Core, told: Told) -> Calm:
    """Calm mode as one worker knows it."""
    calm = Calm(core.database, told)
    calm.look()
    return calm


def test_a_hidden_tally_says_nothing_and_never_changes(calm: Calm, article: Post) -> None:
    calm.hide_from_readers(article.writer, article, is_calm=True)

    one, other = (calm.veil(Tally(article.id, Version("e", n), claps=n, views=n)) for n in (8, 9))

    assert one == other
    assert one.counts() == {"calm": True}
    assert calm.veil(Tally(99, Version("e", 8), claps=8)).claps == 8


def test_another_worker_hears_of_it(core: Core, calm: Calm, told: Told, article: Post) -> None:
    other, moved = Calm(core.database, lambda name, message: None), list[int]()
    other.look()
    other.changed = moved.append

    calm.hide_from_readers(article.writer, article, is_calm=True)
    other.hear(told.messages[-1])
    other.hear(told.messages[-1])

    assert other.hides(article.id)
    assert moved == [article.id]


def test_who_did_not_hear_of_it_finds_it_in_sql(core: Core, calm: Calm, article: Post, ben: Person) -> None:
    other, moved = Calm(core.database, lambda name, message: None), list[int]()
    other.look()
    other.changed = moved.append
    calm.hide_from_readers(article.writer, article, is_calm=True)
    calm.hide_from_oneself(ben, is_calm=True)

    other.look()

    assert (other.hides(article.id), other.is_for(ben.id), moved) == (True, True, [article.id])


def test_before_sql_was_read_all_numbers_are_hidden(core: Core) -> None:
    assert Calm(core.database, lambda name, message: None).hides(1)


def test_only_who_wrote_a_post_hides_its_numbers(calm: Calm, article: Post, ben: Person) -> None:
    with pytest.raises(Refused):
        calm.hide_from_readers(ben, article, is_calm=True)

    assert not calm.hides(article.id)


def test_numbers_can_be_shown_again(calm: Calm, article: Post) -> None:
    for is_calm in (True, False):
        calm.hide_from_readers(article.writer, article, is_calm=is_calm)
        calm.hide_from_oneself(article.writer, is_calm=is_calm)

    assert not calm.hides(article.id)
    assert not calm.is_for(article.writer.id)


def test_the_news_of_a_hidden_post_tells_nothing_until_it_is_shown(core: Core, calm: Calm, article: Post) -> None:
    posts, topic = PostSource(core.database, core.mending, calm.hides), post_topic(article.id)
    calm.hide_from_readers(article.writer, article, is_calm=True)

    [news] = posts.read([topic]).values()

    assert (news.state, str(news.version)) == ({"calm": True}, "calm.0")
    assert posts.hear(news, str(topic), "e.41 9 1 0 3 0 7") is None
    calm.hide_from_readers(article.writer, article, is_calm=False)
    with pytest.raises(Astray):
        posts.hear(news, str(topic), "e.42 9 1 0 3 0 7")


def test_hidden_claps_are_not_in_their_writers_total(core: Core, calm: Calm, article: Post) -> None:
    core.database.peewee.execute_sql("UPDATE post SET claps = 8")

    before = totals_of_writer(article.writer.id)
    calm.hide_from_readers(article.writer, article, is_calm=True)

    assert (before, totals_of_writer(article.writer.id)) == ((1, 8), (1, 0))


def test_with_who_leaves_what_they_hid_is_forgotten(core: Core, calm: Calm, article: Post, ben: Person) -> None:
    calm.hide_from_readers(article.writer, article, is_calm=True)
    calm.hide_from_oneself(article.writer, is_calm=True)

    gone = [core.database.transact(partial(drop_calm, who.id, 10)) for who in (ben, article.writer)]

    calm.look()
    assert (gone, calm.hides(article.id), calm.is_for(article.writer.id)) == ([0, 2], False, False)
