"""How things stand of which people are told: counted from SQL, so that what was taken back is not there."""

from __future__ import annotations

import pytest

from claps.acts.comments import Talk, comment, like_comment, remove_comment, restore_comment
from claps.acts.errands import Errands
from claps.acts.notifications import count_new, look, read_page
from claps.acts.notifying import Notifier
from claps.app import Core
from claps.plain.people import Person, Reader
from claps.plain.posts import Post
from claps.store.follows import remove_follow
from tests.parts.inside import GUEST, write_person
from tests.parts.telling import events, follow, make_notifier, promise, settle, texts


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


def test_the_writer_hears_of_a_comment_and_who_is_answered_of_an_answer(
    core: Core, notifier: Notifier, talk: Talk, article: Post, ada: Person, ben: Person, cyd: Person
) -> None:
    first = comment(talk, ben, article, body="One.")
    comment(talk, cyd, article, body="Two.", parent_id=first.id)
    comment(talk, ada, article, body="Three.", parent_id=first.id)
    settle(core, notifier)

    assert texts(core, ada) == ["Cyd and 1 other commented on “On bells”"]
    assert texts(core, ben) == ["Ada and 1 other answered your comment on “On bells”"]
    assert texts(core, cyd) == []


def test_an_answer_to_the_writer_is_told_once(
    core: Core, notifier: Notifier, talk: Talk, article: Post, ada: Person, ben: Person
) -> None:
    own = comment(talk, ada, article, body="One.")
    comment(talk, ben, article, body="Two.", parent_id=own.id)
    settle(core, notifier)

    assert texts(core, ada) == ["Ben answered your comment on “On bells”"]


def test_a_comment_that_was_taken_away_is_not_told_of(
    core: Core, notifier: Notifier, talk: Talk, article: Post, ada: Person, ben: Person
) -> None:
    gone = comment(talk, ben, article, body="One.")
    settle(core, notifier)
    remove_comment(talk, ben, article, gone)
    settle(core, notifier)
    without = texts(core, ada)
    restore_comment(talk, ben, gone)
    settle(core, notifier)

    assert (without, texts(core, ada)) == ([], ["Ben commented on “On bells”"])


def test_likes_of_a_comment_are_told_to_who_wrote_it(
    core: Core, notifier: Notifier, talk: Talk, article: Post, ada: Person, ben: Person
) -> None:
    liked = comment(talk, ben, article, body="One.")
    like_comment(talk, Reader(ada.id), liked, liked=True)
    like_comment(talk, GUEST, liked, liked=True)
    settle(core, notifier)
    two = texts(core, ben)
    like_comment(talk, Reader(ada.id), liked, liked=False)
    settle(core, notifier)

    assert two == ["Ada and 1 other like your comment on “On bells”"]
    assert texts(core, ben) == ["Somebody likes your comment on “On bells”"]


def test_followers_are_told_together(core: Core, notifier: Notifier, ada: Person, ben: Person, cyd: Person) -> None:
    for follower in (ben, cyd):
        follow(core, follower, ada)
        promise(core, "followed", person_id=ada.id, actor_id=follower.id)
    settle(core, notifier)
    two = texts(core, ada)
    core.database.transact(lambda: remove_follow(cyd.id, ada.id))
    promise(core, "followed", person_id=ada.id, actor_id=cyd.id)
    settle(core, notifier)

    assert (two, texts(core, ada)) == (["Cyd and 1 other follow you"], ["Ben follows you"])


def test_who_speaks_again_after_one_has_looked_is_new_again(
    core: Core, notifier: Notifier, talk: Talk, article: Post, ada: Person, ben: Person, cyd: Person
) -> None:
    for person in (cyd, ben):
        comment(talk, person, article, body="One.")
    settle(core, notifier)
    look(core.database, core.publish, ada, shown=read_page(core.database, ada))
    before = len(events(core, ada))
    for body in ("Two.", "Three."):
        comment(talk, ben, article, body=body)
        settle(core, notifier)

    assert count_new(core.database, ada.id) == "1"
    assert texts(core, ada) == ["Ben and 1 other commented on “On bells”"]
    assert len(events(core, ada)) == before + 1
