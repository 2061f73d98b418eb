"""One's own notifications: shown page by page, counted, looked at, read, muted."""

from __future__ import annotations

import pytest

from claps.acts import notifications
from claps.acts.notifications import NotificationsSource, count_new, look, read_all, read_one, read_page, unread
from claps.acts.notifying import MORE, Notifier
from claps.app import Core
from claps.plain.errors import Invalid, NotFound
from claps.plain.limits import PERSON_EVENTS_KEPT
from claps.plain.news import News
from claps.plain.notifications import person_topic
from claps.plain.people import GUEST_ID_LEAST, Person
from claps.plain.posts import Post
from claps.plain.versions import Version
from claps.store.logs import Event
from claps.store.notifications import Notice, drop_notices_of, tell
from claps.store.posts import Post as PostRow
from tests.parts.inside import ON_SQLITE, publish
from tests.parts.queries import noting_queries
from tests.parts.telling import events, give, make_notifier, settle, texts


@pytest.fixture
def notifier(core: Core) -> Notifier:
    """What tells; tests say when."""
    return make_notifier(core)


def clap(core: Core, notifier: Notifier, post: Post, *reader_ids: int) -> None:
    """Let readers clap, and the writer be told."""
    for reader_id in reader_ids:
        give(core, post, "clap", reader_id)
    settle(core, notifier)


def look_now(core: Core, person: Person) -> None:
    """Look at the newest page."""
    look(core.database, core.publish, person, shown=read_page(core.database, person))


def test_the_badge_counts_each_person_once_since_one_looked(
    core: Core, notifier: Notifier, article: Post, ada: Person, ben: Person
) -> None:
    guest, other = GUEST_ID_LEAST + 1, publish(core, ada, "Another")
    clap(core, notifier, article, ben.id, guest)
    clap(core, notifier, other, ben.id, guest)
    give(core, article, "like", ben.id)
    settle(core, notifier)
    first = count_new(core.database, ada.id)
    look_now(core, ada)
    looked = count_new(core.database, ada.id)
    clap(core, notifier, article, GUEST_ID_LEAST + 2)

    assert (first, looked, count_new(core.database, ada.id)) == ("2", "", "1")
    assert "Ben and 2 others clapped for “On bells”" in texts(core, ada)


def test_more_than_are_known_by_name_are_counted_and_more_than_99_are_not(
    core: Core, notifier: Notifier, article: Post, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.store.stirred.STIRRED_NAMED", 5)
    clap(core, notifier, article, *(GUEST_ID_LEAST + number for number in range(30)))
    some = count_new(core.database, ada.id)
    clap(core, notifier, article, *(GUEST_ID_LEAST + number for number in range(30, 120)))

    assert (some, count_new(core.database, ada.id)) == ("30", "99+")
    assert texts(core, ada) == ["120 people clapped for “On bells”"]


def test_reading_all_can_be_undone_and_leaves_what_was_not_shown(
    core: Core, notifier: Notifier, article: Post, ada: Person, ben: Person
) -> None:
    clap(core, notifier, article, ben.id)
    shown = read_page(core.database, ada).turn
    clap(core, notifier, publish(core, ada, "Another"), ben.id)
    undo = read_all(core.database, core.publish, ada, upto_turn=shown)
    after = texts(core, ada)
    assert undo is not None and read_all(core.database, core.publish, ada, upto_turn=shown) is None
    unread(core.database, core.publish, ada, read_turn=undo)

    assert after == ["Ben clapped for “Another”"]
    assert texts(core, ada) == ["Ben clapped for “Another”", "Ben clapped for “On bells”"]


def test_one_can_be_read_and_unread_by_whose_it_is(
    core: Core, notifier: Notifier, article: Post, ada: Person, ben: Person
) -> None:
    clap(core, notifier, article, ben.id)
    [item] = read_page(core.database, ada).items
    with pytest.raises(NotFound):
        read_one(core.database, core.publish, ben, item.id, is_read=True)

    read_one(core.database, core.publish, ada, item.id, is_read=True)
    nothing, badge = texts(core, ada), count_new(core.database, ada.id)
    read_one(core.database, core.publish, ada, item.id, is_read=False)

    assert (nothing, badge, texts(core, ada)) == ([], "", ["Ben clapped for “On bells”"])


def test_what_was_read_is_told_to_every_page_that_is_open(
    core: Core, notifier: Notifier, article: Post, ada: Person, ben: Person
) -> None:
    clap(core, notifier, article, ben.id)
    look_now(core, ada)
    look_now(core, ada)

    told = events(core, ada)
    assert [(event["op"], event["badge"]) for event in told] == [("put", ""), ("look", "")]
    assert told[0]["text"] == "Ben clapped for “On bells”" and told[0]["url"] == f"/posts/{article.id}#claps"
    assert told[0]["person"] == {"name": "ben", "display_name": "Ben"}


@ON_SQLITE
def test_what_cannot_be_muted_is_refused(core: Core, ada: Person) -> None:
    with pytest.raises(Invalid):
        notifications.mute(core.database, core.publish, ada, "everything", muted=True)


@ON_SQLITE
def test_a_post_that_is_withdrawn_takes_what_was_told_of_it_along(
    core: Core, notifier: Notifier, article: Post, ada: Person, ben: Person
) -> None:
    clap(core, notifier, article, ben.id)
    at = article.published_at.replace(tzinfo=None)
    core.database.transact(lambda: PostRow.update(published_at=None).execute())
    hidden = texts(core, ada)
    core.database.transact(lambda: PostRow.update(published_at=at).execute())

    assert (hidden, len(texts(core, ada))) == ([], 1)


def test_pages_follow_each_other_in_a_number_of_queries_that_does_not_grow(
    core: Core, notifier: Notifier, ada: Person, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.acts.notifications.NOTICES_PER_PAGE", 4)
    costs = []
    for title in ("One", "Two", "Three", "Four", "Five", "Six"):
        clap(core, notifier, publish(core, ada, title), ben.id)
        with noting_queries() as statements:
            page = read_page(core.database, ada)
            count_new(core.database, ada.id)
        costs.append(len(statements))
    older = read_page(core.database, ada, before_turn=page.next_turn)

    assert [item.thing_text for item in (*page.items, *older.items)] == ["Six", "Five", "Four", "Three", "Two", "One"]
    assert older.next_turn is None
    assert len(set(costs)) == 1, costs


def test_a_persons_log_stays_short(core: Core, ada: Person) -> None:
    for _ in range(3 * PERSON_EVENTS_KEPT + 5):
        core.database.transact(lambda: tell(ada.id))

    with core.database.reading():
        assert Event.select().count() <= 2 * PERSON_EVENTS_KEPT
    assert NotificationsSource(core.database).after(person_topic(ada.id), 0).resync


@ON_SQLITE
def test_that_there_is_more_is_heard_without_saying_what(core: Core, ada: Person) -> None:
    source, topic = NotificationsSource(core.database), person_topic(ada.id)
    known = News(topic, Version("e", 4))

    more, all_of_it = source.hear(known, str(topic), MORE), source.hear(known, str(topic), "e.9")

    assert (more, all_of_it) == (News(topic, Version("e", 5)), News(topic, Version("e", 9)))


@ON_SQLITE
def test_who_leaves_leaves_nothing(
    core: Core, notifier: Notifier, article: Post, ada: Person, ben: Person
) -> None:
    clap(core, notifier, article, ben.id)

    core.database.transact(lambda: drop_notices_of(ada.id))

    with core.database.reading():
        assert not Notice.select().exists()
    assert texts(core, ada) == []
