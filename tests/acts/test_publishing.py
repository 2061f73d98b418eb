"""Publishing: once, whole, and by nobody but the writer."""

from __future__ import annotations

from collections.abc import Callable

import gevent
import pytest

from claps.acts.comments import Talk, comment
from claps.acts.errands import Errands
from claps.acts.publishing import (
    Press,
    change,
    get_revision,
    publish,
    publish_again,
    publish_note,
    restore,
    revisions_of,
    withdraw,
)
from claps.acts.writing import papers_of, save_draft
from claps.app import Core
from claps.plain.errors import Conflict, Invalid, NotFound, Refused
from claps.plain.people import Person
from claps.plain.posts import Post
from claps.plain.writing import Piece, Seen, Writing, new_key
from claps.store.comments import comments_of
from claps.store.errands import Errand
from claps.store.posts import get_post, latest_posts
from claps.store.tags import posts_tagged
from tests.parts.inside import ON_SQLITE

BELLS = Writing("On bells", "", "bells Bread", "Ding *dong*.")


@pytest.fixture
def told() -> list[int]:
    """The posts of which it was told that they changed."""
    return []


@pytest.fixture
def press(core: Core, told: list[int]) -> Press:
    """What publishes."""
    return Press(core.database, Errands(core.database, {}), changed=told.append)


def read(core: Core, post_id: int) -> Post:
    with core.database.reading():
        return get_post(post_id)


def promised(core: Core) -> list[str]:
    with core.database.reading():
        return [row.kind for row in Errand.select().order_by(Errand.id)]


@ON_SQLITE
def test_a_draft_becomes_a_post_and_is_no_draft_any_more(
    core: Core, press: Press, ada: Person, told: list[int]
) -> None:
    key = new_key()
    save_draft(core.database, ada, key, BELLS, seen=Seen(), tab="one")

    piece = publish(press, ada, key, BELLS, seen=Seen())

    post = read(core, piece.id)
    assert (post.title, post.slug, post.body_html) == ("On bells", "on-bells", "<p>Ding <em>dong</em>.</p>\n")
    assert (post.summary_text, post.tags, post.words, post.edited_at) == ("Ding dong.", ("bells", "bread"), 2, None)
    assert papers_of(core.database, ada).drafts == []
    assert (told, promised(core)) == ([piece.id], ["feed", "notify"])
    with core.database.reading():
        assert [found.id for found in posts_tagged("bread", None, 9)] == [piece.id]


def test_the_same_draft_sent_many_times_at_once_is_one_post(core: Core, press: Press, ada: Person) -> None:
    key = new_key()
    sent = [gevent.spawn(publish, press, ada, key, BELLS, seen=Seen()) for _ in range(6)]

    pieces = [job.get() for job in sent]

    assert len({piece.id for piece in pieces}) == 1
    assert promised(core) == ["feed", "notify"]
    with core.database.reading():
        assert len(latest_posts(before=None, limit=9)) == 1


def test_two_people_publish_the_same_title_at_once_at_addresses_of_their_own(
    core: Core, press: Press, ada: Person, ben: Person
) -> None:
    jobs = [gevent.spawn(publish, press, writer, new_key(), BELLS, seen=Seen()) for writer in (ada, ben) * 3]

    addresses = [job.get().address for job in jobs]

    assert len(set(addresses)) == 6
    assert all(address.endswith("/on-bells") for address in addresses)


@ON_SQLITE
def test_what_was_published_already_is_not_published_again_with_other_words(press: Press, ada: Person) -> None:
    key = new_key()
    publish(press, ada, key, BELLS, seen=Seen())

    with pytest.raises(Conflict):
        publish(press, ada, key, Writing("On bells", "", "", "Other."), seen=Seen())


def edit(press: Press, ada: Person, piece: Piece, body: str, *, slug: str = "", revision: int | None = None) -> Piece:
    """Change what a post says."""
    seen = Seen(piece.revision if revision is None else revision)
    return change(press, ada, piece.id, Writing("On bells", slug, "bells", body), seen=seen)


@ON_SQLITE
def test_a_change_keeps_what_was_and_is_told_to_nobody_again(core: Core, press: Press, ada: Person) -> None:
    first = publish(press, ada, new_key(), BELLS, seen=Seen())

    second = edit(press, ada, first, "Dong.", slug="Dong & Co")

    post = read(core, first.id)
    assert (post.body_html, post.slug, post.tags) == ("<p>Dong.</p>\n", "dong-co", ("bells",))
    assert (second.revision, post.published_at, post.edited_at) == (2, first.published_at, second.changed_at)
    piece, old = revisions_of(core.database, ada, first.id)
    assert (piece, [revision.number for revision in old]) == (second, [1])
    assert get_revision(core.database, ada, first.id, 1).body == BELLS.body
    assert len(promised(core)) == 2


def test_two_changes_at_once_do_not_undo_each_other(core: Core, press: Press, ada: Person) -> None:
    piece = publish(press, ada, new_key(), BELLS, seen=Seen())

    def attempt(body: str) -> bool:
        try:
            edit(press, ada, piece, body)
        except Conflict:
            return False
        return True

    jobs = [gevent.spawn(attempt, body) for body in ("One.", "Two.", "Three.")]

    assert sorted(job.get() for job in jobs) == [False, False, True]
    assert revisions_of(core.database, ada, piece.id)[0].revision == 2


@ON_SQLITE
def test_the_same_change_sent_twice_is_one(core: Core, press: Press, ada: Person) -> None:
    piece = publish(press, ada, new_key(), BELLS, seen=Seen())

    first, second = edit(press, ada, piece, "Dong."), edit(press, ada, piece, "Dong.")

    assert first == second
    with pytest.raises(Conflict):
        edit(press, ada, piece, "Too late.")


@ON_SQLITE
def test_an_old_revision_is_brought_back_and_nothing_is_lost(core: Core, press: Press, ada: Person) -> None:
    piece = publish(press, ada, new_key(), BELLS, seen=Seen())
    edit(press, ada, piece, "Dong.")

    for _ in range(2):
        restored = restore(press, ada, piece.id, 1)

    assert (restored.body, restored.tags, restored.revision) == (BELLS.body, ("bells", "bread"), 3)
    assert [old.number for old in revisions_of(core.database, ada, piece.id)[1]] == [2, 1]
    with pytest.raises(NotFound):
        restore(press, ada, piece.id, 9)


@ON_SQLITE
def test_withdrawn_it_is_gone_for_readers_and_comes_back_as_it_was(
    core: Core, press: Press, ada: Person, told: list[int]
) -> None:
    piece = publish(press, ada, new_key(), BELLS, seen=Seen())
    before = read(core, piece.id)

    for _ in range(2):
        withdraw(press, ada, piece.id)
    with pytest.raises(NotFound):
        read(core, piece.id)
    assert [gone.id for gone in papers_of(core.database, ada).withdrawn] == [piece.id]
    for _ in range(2):
        publish_again(press, ada, piece.id)

    assert read(core, piece.id) == before
    assert (told, len(promised(core))) == ([piece.id] * 5, 2)


def test_nobody_comments_on_what_was_withdrawn_while_it_was_written(
    core: Core, press: Press, ada: Person, ben: Person
) -> None:
    post = read(core, publish(press, ada, new_key(), BELLS, seen=Seen()).id)
    talk = Talk(core.database, core.ledger, core.publish, press.errands)
    withdraw(press, ada, post.id)

    with pytest.raises(NotFound):
        comment(talk, ben, post, body="Hear, hear!")

    publish_again(press, ada, post.id)
    with core.database.reading():
        assert comments_of(post.id, limit=9) == []


@ON_SQLITE
def test_a_change_to_what_is_withdrawn_is_published_with_it(core: Core, press: Press, ada: Person) -> None:
    piece = publish(press, ada, new_key(), BELLS, seen=Seen())
    withdraw(press, ada, piece.id)

    edit(press, ada, piece, "Dong.")

    assert read(core, piece.id).body_html == "<p>Dong.</p>\n"
    with core.database.reading():
        assert len(posts_tagged("bells", None, 9)) == 1


@ON_SQLITE
def test_a_note_has_its_tags_in_its_text(core: Core, press: Press, ada: Person) -> None:
    key = new_key()

    notes = [publish_note(press, ada, key, " A #Bell, and a #bell. ") for _ in range(2)]

    post = read(core, notes[0].id)
    assert notes[0] == notes[1]
    assert (post.title, post.slug, post.tags, post.summary_text) == (None, "", ("bell",), "A #Bell, and a #bell.")
    assert notes[0].address == f"/posts/{post.id}"


@ON_SQLITE
@pytest.mark.parametrize("body", ["", "x" * 501, "#a #b #c #d #e #f", "[a]: https://example.org"])
def test_what_can_be_no_note_is_refused(press: Press, ada: Person, body: str) -> None:
    with pytest.raises(Invalid) as error:
        publish_note(press, ada, new_key(), body)

    assert error.value.field == "body"


@ON_SQLITE
@pytest.mark.parametrize(
    ("writing", "field"),
    [
        (Writing("", "", "", "Ding."), "title"),
        (Writing("\u200b", "", "", "Ding."), "title"),
        (Writing("On bells", "", "", " "), "body"),
        (Writing("On bells", "", "<script>", "Ding."), "tags"),
    ],
)
def test_what_can_be_no_article_is_refused(
    core: Core, press: Press, ada: Person, writing: Writing, field: str
) -> None:
    with pytest.raises(Invalid) as error:
        publish(press, ada, new_key(), writing, seen=Seen())

    assert error.value.field == field
    assert promised(core) == []


@ON_SQLITE
@pytest.mark.parametrize(
    "act",
    [
        lambda press, ben, post_id: change(press, ben, post_id, BELLS, seen=Seen(1)),
        lambda press, ben, post_id: publish(press, ben, f"post-{post_id}", BELLS, seen=Seen(1)),
        lambda press, ben, post_id: withdraw(press, ben, post_id),
        lambda press, ben, post_id: publish_again(press, ben, post_id),
        lambda press, ben, post_id: restore(press, ben, post_id, 1),
        lambda press, ben, post_id: revisions_of(press.database, ben, post_id),
        lambda press, ben, post_id: get_revision(press.database, ben, post_id, 1),
    ],
)
def test_nobody_changes_anothers_post(
    core: Core, press: Press, ada: Person, ben: Person, act: Callable[[Press, Person, int], object]
) -> None:
    piece = publish(press, ada, new_key(), BELLS, seen=Seen())
    edit(press, ada, piece, "Dong.")
    before = read(core, piece.id)

    with pytest.raises(Refused):
        act(press, ben, piece.id)

    assert read(core, piece.id) == before
