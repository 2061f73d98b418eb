"""Joining: what somebody gave as a guest is theirs, once, and every count holds."""

from __future__ import annotations

import pytest

from claps.acts.comments import Talk, comment, like_comment
from claps.acts.errands import Errands
from claps.acts.flush import flush_all
from claps.acts.joining import Joining
from claps.acts.people import join, sign_in
from claps.app import Core
from claps.plain.changes import Change
from claps.plain.errors import Refused
from claps.plain.people import Person, Reader
from claps.plain.posts import Post
from claps.store.claps import totals_of_readers
from claps.store.comments import comments_of, likes_comment
from claps.store.errands import Errand
from claps.store.laws import find_drifts
from claps.store.pieces import get_piece, hide_piece
from tests.parts.inside import GUEST, ON_SQLITE, cool_down, publish

PASSWORD = "a few words in a row"


def give(core: Core, post: Post, reader: Reader, claps: int, *, liked: bool = False) -> None:
    core.ledger.take(Change("clap", post.id, str(reader.id), claps))
    if liked:
        core.ledger.take(Change("like", post.id, str(reader.id), 1))


def work(core: Core, rounds: int = 5) -> None:
    """Do the errands, however late they are to be done; nothing is left of them."""
    errands = Errands(core.database, {"join": Joining(core.ledger).do})
    for _ in range(rounds):
        flush_all(core.database, core.journal)
        core.database.transact(lambda: Errand.update(due_at=Errand.created_at).execute())
        errands.do_one()
    flush_all(core.database, core.journal)


def given(core: Core, post: Post, *readers: Reader | Person) -> list[tuple[int, int]]:
    """Claps and likes of each, as SQL has them; and SQL agrees with itself."""
    fields = {f"{letter}:{reader.id}" for reader in readers for letter in "cl"}
    with core.database.reading():
        totals = totals_of_readers(post.id, fields)
        assert find_drifts(most=9) == []
    return [(totals[f"c:{reader.id}"], totals[f"l:{reader.id}"]) for reader in readers]


def test_what_a_guest_gave_comes_along_and_the_counts_stay(core: Core, article: Post, ben: Person) -> None:
    other = publish(core, article.writer)
    give(core, article, GUEST, 7, liked=True)
    give(core, article, Reader(ben.id), 3)
    give(core, other, GUEST, 50)

    zoe = join(core.database, "zoe", "Zoe", PASSWORD, guest=GUEST)
    work(core)

    assert given(core, article, zoe, GUEST, ben) == [(7, 1), (0, 0), (3, 0)]
    assert given(core, other, zoe, GUEST) == [(50, 0), (0, 0)]
    tally = core.mending.read([article.id])[article.id]
    assert (tally.claps, tally.people, tally.likes) == (10, 2, 1)
    assert core.ledger.take(Change("clap", other.id, str(zoe.id), 5)).given == 0


@ON_SQLITE
@pytest.mark.parametrize("cold", [True, False])
def test_fifty_are_fifty_also_of_one_who_was_two(
    core: Core, article: Post, monkeypatch: pytest.MonkeyPatch, cold: bool
) -> None:
    give(core, article, GUEST, 30, liked=True)
    zoe = join(core.database, "zoe", "Zoe", PASSWORD, guest=GUEST)
    give(core, article, Reader(zoe.id), 40, liked=True)
    if cold:
        # Nothing of single readers is in Redis: each is asked for.
        monkeypatch.setattr("claps.acts.mending.PEOPLE_KEPT_HOT", 0)
        cool_down(core)

    work(core)

    assert given(core, article, zoe, GUEST) == [(50, 1), (0, 0)]
    tally = core.mending.read([article.id])[article.id]
    assert (tally.claps, tally.people, tally.likes) == (50, 1, 1)


def test_who_signs_in_gets_what_they_gave_before_once_however_often_they_do(core: Core, article: Post) -> None:
    other = publish(core, article.writer)
    zoe = join(core.database, "zoe", "Zoe", PASSWORD)
    give(core, article, Reader(zoe.id), 40, liked=True)
    give(core, article, GUEST, 30, liked=True)
    give(core, other, GUEST, 5)

    for _ in range(2):
        sign_in(core.database, "zoe", PASSWORD, guest=GUEST)
    work(core, 9)

    assert given(core, article, zoe, GUEST) == [(50, 1), (0, 0)]
    assert given(core, other, zoe, GUEST) == [(5, 0), (0, 0)]
    tally = core.mending.read([article.id])[article.id]
    assert (tally.claps, tally.people, tally.likes) == (50, 1, 1)


@ON_SQLITE
def test_nobody_comes_to_clap_for_their_own_by_signing_in(core: Core, article: Post) -> None:
    talk = Talk(core.database, core.ledger, core.publish, Errands(core.database, {}))
    zoe = join(core.database, "zoe", "Zoe", PASSWORD)
    own, said = publish(core, zoe), comment(talk, zoe, article, body="Ding?")
    give(core, own, GUEST, 30, liked=True)
    like_comment(talk, GUEST, said, liked=True)

    sign_in(core.database, "zoe", PASSWORD, guest=GUEST)
    work(core)

    assert given(core, own, zoe, GUEST) == [(0, 0), (30, 1)]
    with core.database.reading():
        assert likes_comment(said.id, GUEST.id) and not likes_comment(said.id, zoe.id)


@ON_SQLITE
def test_a_wrong_password_brings_nothing(core: Core, article: Post) -> None:
    zoe = join(core.database, "zoe", "Zoe", PASSWORD)
    give(core, article, GUEST, 7)

    with pytest.raises(Refused):
        sign_in(core.database, "zoe", "wrong", guest=GUEST)
    work(core)

    assert given(core, article, zoe, GUEST) == [(0, 0), (7, 0)]


@ON_SQLITE
def test_who_dies_while_bringing_it_is_made_up_for(
    core: Core, article: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(core, article, GUEST, 7)
    zoe = join(core.database, "zoe", "Zoe", PASSWORD, guest=GUEST)
    flush_all(core.database, core.journal)
    with monkeypatch.context() as patch:
        patch.setattr(Joining, "_bring", lambda *_: None)
        work(core, 1)
    assert given(core, article, zoe, GUEST) == [(0, 0), (7, 0)]

    work(core)

    assert given(core, article, zoe, GUEST) == [(7, 0), (0, 0)]
    with core.database.reading():
        assert not Errand.select().where(Errand.kind == "join").exists()


@ON_SQLITE
def test_many_posts_come_along_page_by_page(core: Core, article: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claps.acts.joining.JOIN_ROWS", 2)
    posts = [article, *[publish(core, article.writer) for _ in range(4)]]
    for post in posts:
        give(core, post, GUEST, 1, liked=post.id % 2 == 0)
    withdrawn = posts[1]
    core.database.transact(lambda: hide_piece(get_piece(withdrawn.id)))

    zoe = join(core.database, "zoe", "Zoe", PASSWORD, guest=GUEST)
    work(core)

    assert [given(core, post, zoe)[0][0] for post in posts if post is not withdrawn] == [1] * 4


@ON_SQLITE
def test_liked_comments_stay_liked_once(core: Core, article: Post, ben: Person) -> None:
    talk = Talk(core.database, core.ledger, core.publish, Errands(core.database, {}))
    found = comment(talk, ben, article, body="Ding?")
    zoe = join(core.database, "zoe", "Zoe", PASSWORD, guest=GUEST)
    for reader in (GUEST, Reader(zoe.id)):
        like_comment(talk, reader, found, liked=True)

    work(core)

    like_comment(talk, Reader(zoe.id), found, liked=True)
    with core.database.reading():
        assert [one.likes for one in comments_of(article.id, limit=9)] == [1]
