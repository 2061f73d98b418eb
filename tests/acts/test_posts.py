"""Reading posts, from kept copies where the database is away."""

from __future__ import annotations

import pytest

from claps.acts.flush import flush_all
from claps.acts.posts import Library
from claps.app import Core
from claps.plain.changes import Change
from claps.plain.errors import NotFound, Unavailable
from claps.plain.people import Person, Profile, Reader
from claps.plain.posts import Post
from claps.plain.tallies import Hand
from claps.store.follows import add_follow
from claps.store.people import Person as PersonRow
from claps.store.posts import Post as PostRow
from tests.parts.inside import GUEST, publish
from tests.parts.mariadb_server import MariadbServer
from tests.parts.redis_server import RedisServer

on_mariadb = pytest.mark.parametrize("database_url", ["mariadb"], indirect=True)


@pytest.fixture
def library(core: Core) -> Library:
    """A library that has kept nothing yet."""
    return Library(core.database, core.mending, core.tallies)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Copies are old at once."""
    monkeypatch.setattr("claps.acts.kept.COPY_FRESH_SECONDS", 0)


def test_posts_are_found_by_number_writer_and_date(core: Core, article: Post, library: Library) -> None:
    newer = publish(core, article.writer, "On bridges")

    assert library.get_post(article.id) == article
    assert [line.post.id for line in library.latest().lines] == [newer.id, article.id]
    assert [line.post.id for line in library.lines_of(article.writer).lines] == [newer.id, article.id]
    assert library.get_person("ADA") == library.find_person(article.writer.id) == article.writer
    with pytest.raises(NotFound):
        library.get_post(999)


def test_whether_a_post_is_published_is_known_of_its_neighbours_and_of_new_ones(
    core: Core, article: Post, library: Library
) -> None:
    assert library.is_published(article.id)
    newer = publish(core, article.writer, "On bridges")

    assert library.is_published(newer.id)
    assert not library.is_published(newer.id + 1)
    assert not library.is_published(2**70)


def test_a_post_that_was_withdrawn_is_not_published_any_more(core: Core, article: Post, library: Library) -> None:
    assert library.is_published(article.id)

    core.database.transact(lambda: PostRow.update(published_at=None).where(PostRow.id == article.id).execute())
    library.forget_post(article.id)

    assert not library.is_published(article.id)


def test_what_a_person_published_is_read_page_by_page(
    core: Core, article: Post, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.acts.posts.LINES_PER_PAGE", 1)
    newer = publish(core, article.writer, "On bridges")

    first, rest = library.lines_of(article.writer), library.lines_of(article.writer, newer.id)

    assert [line.post.id for line in (*first.lines, *rest.lines)] == [newer.id, article.id]
    assert (first.next_key, rest.next_key) == (str(newer.id), None)


def test_a_profile_is_kept_until_it_is_said_to_have_changed(
    core: Core, article: Post, ben: Person, library: Library
) -> None:
    ada = article.writer
    before = library.get_profile("ada")
    core.database.transact(lambda: add_follow(ben.id, ada.id, at=article.published_at))
    kept = library.get_profile("ADA")

    library.forget(["@ada"])

    assert before == kept == Profile(ada, posts=1)
    assert library.get_profile("ada") == Profile(ada, posts=1, followers=1)


def test_a_post_that_nobody_has_read_is_not_known(article: Post, library: Library) -> None:
    before = library.known_post(article.id)

    library.get_post(article.id)

    assert (before, library.known_post(article.id)) == (None, article)


def test_of_a_post_that_is_not_kept_any_more_the_writer_is_known(article: Post, library: Library) -> None:
    library.get_post(article.id)
    library._posts.drop_all()

    known = library.known_post(article.id)
    library.forget_post(article.id)

    assert known is not None and known.writer == article.writer and not known.body_html
    assert library.known_post(article.id) is None


def test_what_has_changed_is_read_anew(core: Core, article: Post, ada: Person, library: Library) -> None:
    def shown() -> set[str | None]:
        person = library.get_person(ada.name)
        return {library.get_post(article.id).title, library.latest().lines[0].post.title, person.display_name}

    before = shown()
    core.database.transact(lambda: PostRow.update(title="Another").execute())
    core.database.transact(lambda: PersonRow.update(display_name="Another").execute())

    assert shown() == before
    library.forget([f"post:{article.id}", "posts", f"@{ada.name.title()}", "tag:unknown", "post:x"])
    assert shown() == {"Another"}


def test_counts_are_the_live_ones(core: Core, article: Post, library: Library) -> None:
    core.ledger.take(Change("clap", article.id, str(GUEST.id), 8))

    assert library.tally_of(article).claps == 8
    assert [line.tally.claps for line in library.latest().lines] == [8]


def test_counts_are_as_last_flushed_while_redis_is_away(
    core: Core, article: Post, library: Library, redis: RedisServer
) -> None:
    core.ledger.take(Change("clap", article.id, str(GUEST.id), 8))
    flush_all(core.database, core.journal)
    redis.kill()

    assert library.tally_of(library.get_post(article.id)).claps == 8


@on_mariadb
@pytest.mark.usefixtures("impatient")
def test_what_was_warmed_up_can_be_read_while_sql_is_away(
    article: Post, library: Library, mariadb: MariadbServer
) -> None:
    library.warm_up()
    mariadb.kill()

    assert library.get_post(article.id) == article
    assert [line.post for line in library.latest().lines] == [article]
    assert library.talk_of(article.id)[1] == []
    with pytest.raises(Unavailable):
        library.get_post(999)


def test_a_hand_tells_what_this_reader_gave(core: Core, article: Post, ben: Person, library: Library) -> None:
    core.ledger.take(Change("clap", article.id, str(ben.id), 8))

    assert library.hand_of(article, None) == Hand(article.id, 0)
    assert library.hand_of(article, GUEST) == Hand(article.id, 0)
    assert library.hand_of(article, Reader(ben.id)) == Hand(article.id, 8)
    assert library.hand_of(article, Reader(article.writer.id)) == Hand(article.id, 0, own_post=True)


def test_a_hand_tells_of_a_like_wherever_it_is(core: Core, article: Post, ben: Person, library: Library) -> None:
    core.ledger.take(Change("like", article.id, str(ben.id), 1))
    hot = library.hand_of(article, Reader(ben.id))
    flush_all(core.database, core.journal)
    core.redis.flushall()

    assert hot == library.hand_of(article, Reader(ben.id)) == Hand(article.id, 0, liked=True)


def test_a_hand_that_redis_does_not_hold_is_read_from_sql(
    core: Core, article: Post, ben: Person, library: Library
) -> None:
    core.ledger.take(Change("clap", article.id, str(ben.id), 8))
    flush_all(core.database, core.journal)
    core.redis.flushall()

    assert library.hand_of(article, Reader(ben.id)).yours == 8
