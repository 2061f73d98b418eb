"""Pages of other websites: found, made, clapped for, and counted like posts."""

from __future__ import annotations

from itertools import count

import pytest

from claps.acts.calm import Calm
from claps.acts.dashboard import NEW_PAGE
from claps.acts.flush import flush_all
from claps.acts.looking import PostSource
from claps.acts.posts import Library
from claps.acts.site_pages import Pages
from claps.acts.sites import register_site
from claps.app import Core
from claps.plain.errors import Conflict, Invalid, NotFound, Refused, TooMany
from claps.plain.people import Person, Reader
from claps.store import feeds, pieces, posts
from claps.store.laws import find_drifts
from tests.parts.inside import GUEST, write_person

_NUMBERS = count(1)


@pytest.fixture
def core(shared_core: Core) -> Core:
    """The parts, one set for all tests: each brings people and a site of its own."""
    return shared_core


@pytest.fixture
def number() -> int:
    """What tells the people and the site of a test from those of others."""
    return next(_NUMBERS)


@pytest.fixture
def ada(core: Core, number: int) -> Person:
    """Ada, who has a site."""
    return write_person(core, f"ada{number}")


@pytest.fixture
def url(number: int) -> str:
    """The address of a page of Ada's site that nobody has seen yet."""
    return f"https://blog{number}.example/post"


@pytest.fixture
def pages(core: Core, ada: Person, number: int) -> Pages:
    """The pages of Ada's site and of all others."""
    calm = Calm(core.database, core.publish)
    calm.look()
    library = Library(core.database, core.mending, core.tallies, calm.veil)
    source = PostSource(core.database, core.mending, calm.hides)
    pages = Pages(core.database, core.ledger, library, source=source, publish=core.publish)
    register_site(pages, ada, name="Blog", origins=f"https://blog{number}.example https://www.blog{number}.example")
    return pages


def pages_of(core: Core, owner: Person) -> int:
    with core.database.reading():
        return int(posts.Post.select().where(posts.Post.writer_id == owner.id).count())


def test_looking_at_an_unknown_page_makes_nothing(core: Core, pages: Pages, ada: Person, url: str) -> None:
    assert pages.find_page(url) is None
    assert pages.tallies_of([url]) == {url: None}

    assert not pages_of(core, ada)


def test_the_first_clap_makes_the_page_and_counts(core: Core, pages: Pages, url: str) -> None:
    clapped = pages.clap_page(GUEST, url, times=8)

    assert (clapped.yours, clapped.tally.claps) == (8, 8)
    page = pages.find_page(url)
    assert page is not None and page.post_id == clapped.tally.post_id
    flush_all(core.database, core.journal)
    with core.database.reading():
        assert posts.stored_tallies([page.post_id])[page.post_id].claps == 8
        assert not find_drifts(most=9)


def test_its_owner_is_told_of_a_new_page_once(core: Core, pages: Pages, ada: Person, url: str) -> None:
    with core.redis.pubsub(ignore_subscribe_messages=True) as listener:
        listener.subscribe(f"writer:{ada.id}")
        listener.get_message(timeout=5)
        for _ in range(2):
            pages.open_page(url)
        core.publish(f"writer:{ada.id}", "last")

        told = [listener.get_message(timeout=5)["data"] for _ in range(2)]

    assert told == [NEW_PAGE, "last"]


def test_all_origins_of_a_site_share_its_pages(pages: Pages, url: str) -> None:
    pages.clap_page(GUEST, url, times=30)

    clapped = pages.clap_page(GUEST, url.replace("blog", "www.blog") + "/?utm_source=mail", times=30)

    assert clapped.yours == clapped.tally.claps == 50


def test_taking_back_takes_all_of_it(pages: Pages, url: str) -> None:
    pages.clap_page(GUEST, url, times=3)

    assert pages.take_back_page(GUEST, url).tally.claps == 0


def test_nothing_is_taken_back_where_nobody_clapped(pages: Pages, url: str) -> None:
    with pytest.raises(NotFound):
        pages.take_back_page(GUEST, url)


def test_what_nobody_has_registered_is_not_found(pages: Pages, url: str) -> None:
    with pytest.raises(NotFound, match="https://other.example"):
        pages.clap_page(GUEST, "https://other.example/post", times=1)


def test_owners_do_not_clap_for_their_own(pages: Pages, ada: Person, url: str) -> None:
    with pytest.raises(Refused):
        pages.clap_page(Reader(ada.id), url, times=1)


def test_a_wrong_number_of_claps_makes_no_page(core: Core, pages: Pages, ada: Person, url: str) -> None:
    with pytest.raises(Invalid):
        pages.clap_page(GUEST, url, times=51)

    assert not pages_of(core, ada)


def test_counts_of_many_pages_come_together(pages: Pages, url: str) -> None:
    pages.clap_page(GUEST, url, times=3)
    asked = [url, f"{url}/other", "https://other.example/", "no address", f"{url}#top"]

    found = pages.tallies_of(asked)

    assert [None if tally is None else tally.claps for tally in found.values()] == [3, None, None, None, 3]
    assert list(found) == asked


def test_only_so_many_pages_are_new_in_an_hour(pages: Pages, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setattr("claps.acts.site_pages.PAGES_PER_HOUR", 2)
    for number in range(2):
        pages.open_page(f"{url}/{number}")

    with pytest.raises(TooMany):
        pages.open_page(f"{url}/2")

    assert pages.open_page(f"{url}/1").url == f"{url}/1"


def test_a_site_has_only_so_many_pages(pages: Pages, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setattr("claps.acts.site_pages.PAGES_PER_SITE", 1)
    pages.open_page(url)

    with pytest.raises(Conflict):
        pages.open_page(f"{url}/2")


def test_claps_go_to_the_canonical_address(pages: Pages, url: str) -> None:
    pages.clap_page(GUEST, f"{url}?page=2", times=3, canonical=url)

    found = pages.tallies_of([url, f"{url}?page=2"])

    assert [tally and tally.claps for tally in found.values()] == [3, None]


def test_a_canonical_address_elsewhere_does_not_count(pages: Pages, url: str) -> None:
    clapped = pages.clap_page(GUEST, url, times=3, canonical="https://evil.example/")

    assert (found := pages.find_page(url)) is not None and found.post_id == clapped.tally.post_id


def test_a_page_that_has_counts_keeps_them_until_its_canonical_one_is_known(pages: Pages, url: str) -> None:
    first = pages.clap_page(GUEST, url, times=3)

    again = pages.clap_page(GUEST, url, times=1, canonical=f"{url}/new")

    assert again.tally.post_id == first.tally.post_id


def test_pages_stand_in_no_list(core: Core, pages: Pages, ada: Person, url: str) -> None:
    page_id = pages.open_page(url).post_id

    with core.database.reading():
        assert not posts.latest_posts(before=None, limit=9) + posts.posts_before(None, 9)
        assert not [*posts.posts_of(ada.id, limit=9), *posts.newest_ids(9)]
        assert not posts.newest_standings(9) + posts.standings([page_id])
        assert posts.totals_of_writer(ada.id) == (0, 0)
        assert not posts.published_posts([page_id])
        assert not feeds.feed_before(ada.id, None, 9)
        assert not any(pieces.pieces_of(ada.id, published=state, limit=9) for state in (True, False))
        with pytest.raises(NotFound):
            pieces.get_piece(page_id)


def test_a_page_is_not_read_here_and_stands_on_the_dashboard(core: Core, pages: Pages, ada: Person, url: str) -> None:
    page = pages.open_page(url)
    library = Library(core.database, core.mending, core.tallies)

    with pytest.raises(NotFound):
        library.get_post(page.post_id)
    assert library.is_published(page.post_id)
    assert library.get_counted(page.post_id).writer.id == ada.id
    with core.database.reading():
        assert posts.outlines_of(ada.id, limit=9)[page.post_id][0].title_text == url.removeprefix("https://")
