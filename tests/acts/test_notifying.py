"""Telling people what happened: each thing once, to whom it concerns, however it is interrupted."""

from __future__ import annotations

from typing import Any

import pytest

from claps.acts.comments import Talk, comment
from claps.acts.errands import Errands
from claps.acts.flush import flush_all
from claps.acts.notifications import mute, read_all
from claps.acts.notifying import Notifier
from claps.app import Core
from claps.plain.people import GUEST_ID_LEAST, Person
from claps.plain.posts import Post
from claps.store.errands import Errand
from claps.store.notifications import Notice
from tests.parts.inside import GUEST, ON_SQLITE, publish, write_person
from tests.parts.telling import events, follow, give, make_notifier, promise, settle, texts, told


@pytest.fixture
def notifier(core: Core) -> Notifier:
    """What tells; tests say when."""
    return make_notifier(core)


@pytest.fixture
def talk(core: Core) -> Talk:
    """What acts on comments need."""
    return Talk(core.database, core.ledger, core.publish, Errands(core.database, {}))


@pytest.fixture
def cyd(core: Core) -> Person:
    """Cyd, a stranger."""
    return write_person(core, "cyd")


def test_claps_of_many_are_one_sentence(
    core: Core, notifier: Notifier, article: Post, ada: Person, ben: Person
) -> None:
    for reader_id in (ben.id, *(GUEST_ID_LEAST + number for number in range(41))):
        give(core, article, "clap", reader_id, 3)
    settle(core, notifier)

    assert texts(core, ada) == ["Ben and 41 others clapped for “On bells”"]
    assert told(core, ada) == 1


def test_guests_are_counted_and_not_named(core: Core, notifier: Notifier, article: Post, ada: Person) -> None:
    give(core, article, "clap", GUEST.id)
    settle(core, notifier)
    one = texts(core, ada)
    give(core, article, "clap", GUEST.id + 1)
    settle(core, notifier)

    assert (one, texts(core, ada)) == (["Somebody clapped for “On bells”"], ["2 people clapped for “On bells”"])


def test_more_claps_of_the_same_reader_are_no_news(
    core: Core, notifier: Notifier, article: Post, ada: Person, ben: Person
) -> None:
    for _ in range(3):
        give(core, article, "clap", ben.id)
        settle(core, notifier)

    assert (texts(core, ada), told(core, ada)) == (["Ben clapped for “On bells”"], 1)


def test_a_flood_is_told_at_its_milestones(core: Core, notifier: Notifier, article: Post, ada: Person) -> None:
    for number in range(120):
        give(core, article, "clap", GUEST_ID_LEAST + number)
        if number % 4 == 3:
            settle(core, notifier)

    assert texts(core, ada) == ["120 people clapped for “On bells”"]
    assert told(core, ada) == len([4, 8, 12, 20, 52, 100])


def test_what_is_taken_back_is_gone(core: Core, notifier: Notifier, article: Post, ada: Person, ben: Person) -> None:
    give(core, article, "clap", ben.id)
    give(core, article, "like", ben.id)
    settle(core, notifier)
    give(core, article, "clap", ben.id, -50)
    settle(core, notifier)

    assert texts(core, ada) == ["Ben likes “On bells”"]
    assert events(core, ada)[-1]["op"] == "remove"


def test_what_is_taken_back_before_it_was_told_is_never_told(
    core: Core, notifier: Notifier, article: Post, ada: Person, ben: Person
) -> None:
    give(core, article, "clap", ben.id)
    flush_all(core.database, core.journal)
    give(core, article, "clap", ben.id, -50)
    settle(core, notifier)

    assert (texts(core, ada), told(core, ada)) == ([], 0)


def test_after_reading_it_is_counted_anew(
    core: Core, notifier: Notifier, article: Post, ada: Person, ben: Person, cyd: Person
) -> None:
    give(core, article, "clap", ben.id)
    settle(core, notifier)
    read_all(core.database, core.publish, ada, upto_turn=9)
    give(core, article, "clap", ben.id)
    settle(core, notifier)
    nothing = texts(core, ada)
    give(core, article, "clap", cyd.id)
    settle(core, notifier)

    assert (nothing, texts(core, ada)) == ([], ["Cyd clapped for “On bells”"])


def test_who_leaves_does_not_hide_who_comes(
    core: Core, notifier: Notifier, article: Post, ada: Person, ben: Person, cyd: Person
) -> None:
    give(core, article, "like", ben.id)
    settle(core, notifier)
    read_all(core.database, core.publish, ada, upto_turn=9)
    give(core, article, "like", ben.id, -1)
    settle(core, notifier)
    give(core, article, "like", cyd.id)
    settle(core, notifier)

    assert texts(core, ada) == ["Cyd likes “On bells”"]


def test_followers_hear_of_a_post(core: Core, notifier: Notifier, ada: Person, ben: Person, cyd: Person) -> None:
    follow(core, ben, ada)
    post = publish(core, ada)
    promise(core, "published", post_id=post.id, writer_id=ada.id)
    settle(core, notifier)

    assert (texts(core, ben), texts(core, cyd), texts(core, ada)) == (["Ada published “On bells”"], [], [])


def test_an_errand_that_is_done_twice_tells_once(
    core: Core, notifier: Notifier, talk: Talk, article: Post, ada: Person, ben: Person
) -> None:
    follow(core, ben, ada)
    said = comment(talk, ben, article, body="One.")
    for _ in range(2):
        promise(core, "published", post_id=article.id, writer_id=ada.id)
        promise(core, "commented", post_id=article.id, comment_id=said.id, actor_id=ben.id)
        settle(core, notifier)

    assert (told(core, ada), told(core, ben)) == (1, 1)


def test_a_fan_out_that_dies_half_way_goes_on_with_nobody_missing_or_told_twice(
    core: Core, notifier: Notifier, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.acts.notifying.FAN_OUT_STEP", 3)
    readers = [write_person(core, f"reader{number}") for number in range(8)]
    for reader in readers:
        follow(core, reader, ada)
    post = publish(core, ada)
    promise(core, "published", post_id=post.id, writer_id=ada.id)
    done = notifier.do

    def die_in_the_second_step(task: Any) -> Any:
        step = done(task)
        if task.cursor:
            raise ZeroDivisionError
        return step

    Errands(core.database, {"notify": die_in_the_second_step}).do_one()
    half = [told(core, reader) for reader in readers]
    core.database.transact(lambda: Errand.update(due_at=Errand.created_at).execute())
    settle(core, notifier)

    assert half == [1, 1, 1, 0, 0, 0, 0, 0]
    assert [told(core, reader) for reader in readers] == [1] * 8
    with core.database.reading():
        assert Notice.select().count() == 8


def test_whom_too_many_follow_is_told_to_who_comes_and_looks(
    core: Core, notifier: Notifier, ada: Person, ben: Person, cyd: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.acts.notifying.FAN_OUT_FOLLOWERS", 1)
    for reader in (ben, cyd):
        follow(core, reader, ada)
    posts = [publish(core, ada, title) for title in ("One", "Two")]
    for post in [*posts, posts[0]]:
        promise(core, "published", post_id=post.id, writer_id=ada.id)
    settle(core, notifier)
    with core.database.reading():
        before = Notice.select().count()

    assert (before, texts(core, ben)) == (0, ["Ada published “Two”", "Ada published “One”"])
    assert (texts(core, ben), told(core, ben)) == (["Ada published “Two”", "Ada published “One”"], 2)
    with core.database.reading():
        assert Notice.select().count() == 2  # Cyd has not looked


@ON_SQLITE
def test_what_is_muted_is_neither_told_nor_made_up_for(
    core: Core, notifier: Notifier, article: Post, ada: Person, ben: Person, cyd: Person
) -> None:
    mute(core.database, core.publish, ada, "clapped", muted=True)
    give(core, article, "clap", ben.id)
    give(core, article, "like", ben.id)
    settle(core, notifier)
    quiet = texts(core, ada)
    mute(core.database, core.publish, ada, "clapped", muted=False)
    give(core, article, "clap", cyd.id)
    settle(core, notifier)

    assert quiet == ["Ben likes “On bells”"]
    assert texts(core, ada) == ["Cyd clapped for “On bells”", "Ben likes “On bells”"]


@ON_SQLITE
def test_who_muted_publishing_is_left_out(core: Core, notifier: Notifier, ada: Person, ben: Person) -> None:
    follow(core, ben, ada)
    mute(core.database, core.publish, ben, "published", muted=True)
    promise(core, "published", post_id=publish(core, ada).id, writer_id=ada.id)
    settle(core, notifier)

    assert texts(core, ben) == []
