"""Two pages that are one: nothing that was given is lost, nothing counts twice, and nobody has above 50."""

from __future__ import annotations

from itertools import count

import pytest

from claps.acts.errands import Errands
from claps.acts.flush import flush_all
from claps.acts.looking import PostSource
from claps.acts.merging import Merging
from claps.acts.posts import Library
from claps.acts.site_pages import Pages
from claps.acts.sites import add_alias, pages_of, register_site
from claps.app import Core
from claps.plain.changes import Change
from claps.plain.errors import Conflict, NotFound, Unavailable
from claps.plain.people import GUEST_ID_LEAST, Person, Reader
from claps.plain.sites import Site
from claps.store.figure_laws import find_gaps
from claps.store.laws import find_drifts, stored_claps
from claps.store.posts import stored_tallies
from tests.parts.inside import write_person

_NUMBERS = count(1)
ONE, TWO, THREE = (Reader(GUEST_ID_LEAST + number) for number in (1, 2, 3))


@pytest.fixture
def core(shared_core: Core) -> Core:
    """The parts, one set for all tests: each brings a person and a site of its own."""
    return shared_core


@pytest.fixture
def ada(core: Core) -> Person:
    """Ada, who has a site."""
    return write_person(core, f"ada{next(_NUMBERS)}")


@pytest.fixture
def pages(core: Core) -> Pages:
    """Pages of all sites."""
    library, source = Library(core.database, core.mending, core.tallies), PostSource(core.database, core.mending)
    return Pages(core.database, core.ledger, library, source=source, publish=core.publish)


@pytest.fixture
def blog(pages: Pages, ada: Person) -> Site:
    """Ada's site."""
    return register_site(pages, ada, name="Blog", origins=f"https://{ada.name}.example")


@pytest.fixture
def errands(core: Core) -> Errands:
    """Whoever puts pages together."""
    return Errands(core.database, {"merge": Merging(core.mending, core.publish).do})


def do_all(errands: Errands) -> None:
    """Do what there is to do now."""
    while errands.do_one():
        pass


def assert_laws_hold(core: Core) -> None:
    """See that all counts in SQL are what they count."""
    flush_all(core.database, core.journal)
    with core.database.reading():
        assert find_drifts(most=9) == []
        assert find_gaps(most=9) == []


def test_both_pages_count_as_one(core: Core, pages: Pages, ada: Person, blog: Site, errands: Errands) -> None:
    old, new = f"{blog.origins[0]}/old", f"{blog.origins[0]}/new"
    for reader, url, times in ((ONE, old, 30), (ONE, new, 30), (TWO, old, 7), (THREE, new, 1)):
        pages.clap_page(reader, url, times=times)
    old_id = pages.open_page(old).post_id
    core.ledger.take(Change("view", old_id, "somebody", 1))

    page = add_alias(pages, errands, ada, blog.id, url=new, alias=old)
    during = pages.clap_page(TWO, old, times=2)
    do_all(errands)

    assert during.tally.post_id == page.post_id
    tally = pages.tallies_of([old])[old]
    assert tally is not None
    assert (tally.claps, tally.people, tally.views) == (50 + 9 + 1, 3, 1)
    assert [pages.hand_of(reader, page).yours for reader in (ONE, TWO, THREE)] == [50, 9, 1]
    assert_laws_hold(core)
    with core.database.reading():
        assert stored_claps([old_id])[old_id].rows == 0 == stored_claps([old_id])[old_id].row
    assert [(line.page.url, line.aliases) for line in pages_of(pages, ada, blog.id).lines] == [(new, (old,))]


def test_what_is_done_twice_or_killed_half_way_counts_once(
    core: Core, pages: Pages, ada: Person, blog: Site, errands: Errands, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = f"{blog.origins[0]}/old", f"{blog.origins[0]}/new"
    monkeypatch.setattr("claps.acts.merging.MERGE_READERS", 1)
    for reader, url, times in ((ONE, old, 8), (TWO, old, 7), (ONE, new, 2)):
        pages.clap_page(reader, url, times=times)
    from_id, to_id = pages.open_page(old).post_id, pages.open_page(new).post_id
    add_alias(pages, errands, ada, blog.id, url=new, alias=old)
    merging = Merging(core.mending, core.publish)

    with monkeypatch.context() as patch, pytest.raises(Unavailable):
        patch.setattr(core.journal, "open", _die)
        merging._merge(from_id, to_id)
    do_all(errands)
    merging._merge(from_id, to_id)

    assert_laws_hold(core)
    tally = core.mending.read([to_id])[to_id]
    assert (tally.claps, tally.people) == (17, 2)


def _die(*values: object, **named: object) -> bool:
    raise Unavailable("Whoever was at it has died.")


def test_claps_that_are_held_back_stay_so(
    core: Core, pages: Pages, ada: Person, blog: Site, errands: Errands
) -> None:
    old, new = f"{blog.origins[0]}/old", f"{blog.origins[0]}/new"
    for reader, url, times in ((ONE, old, 8), (ONE, new, 4), (TWO, old, 7), (THREE, old, 5)):
        pages.clap_page(reader, url, times=times)
    core.ledger.take(Change("hold", pages.open_page(old).post_id, str(ONE.id), 0))
    core.ledger.take(Change("hold", pages.open_page(old).post_id, str(THREE.id), 0))

    page = add_alias(pages, errands, ada, blog.id, url=new, alias=old)
    do_all(errands)

    assert core.mending.read([page.post_id])[page.post_id].claps == 7
    freed = core.ledger.take(Change("release", page.post_id, str(ONE.id), 0))
    assert (freed.yours, freed.tally.claps) == (12, 19)
    assert_laws_hold(core)


def test_likes_and_figures_come_along(core: Core, pages: Pages, ada: Person, blog: Site, errands: Errands) -> None:
    old, new = f"{blog.origins[0]}/old", f"{blog.origins[0]}/new"
    ids = {url: pages.open_page(url).post_id for url in (old, new)}
    for url, reader in ((old, ONE), (new, ONE), (old, TWO)):
        core.ledger.take(Change("like", ids[url], str(reader.id), 1))

    add_alias(pages, errands, ada, blog.id, url=new, alias=old)
    do_all(errands)

    with core.database.reading():
        assert stored_tallies([ids[new]])[ids[new]].likes == 2
    assert_laws_hold(core)


def test_a_page_is_not_passed_on_while_another_becomes_part_of_it(
    pages: Pages, ada: Person, blog: Site, errands: Errands
) -> None:
    first, second, third = (f"{blog.origins[0]}/{number}" for number in range(3))
    for url in (first, second, third):
        pages.clap_page(ONE, url, times=20)
    add_alias(pages, errands, ada, blog.id, url=second, alias=first)

    with pytest.raises(Conflict, match="try again"):
        add_alias(pages, errands, ada, blog.id, url=third, alias=second)
    do_all(errands)
    add_alias(pages, errands, ada, blog.id, url=third, alias=second)
    do_all(errands)

    assert pages.clap_page(ONE, first, times=1).tally.claps == 50


def test_what_became_part_of_another_is_clapped_for_no_more(
    core: Core, pages: Pages, ada: Person, blog: Site, errands: Errands
) -> None:
    old, new = f"{blog.origins[0]}/old", f"{blog.origins[0]}/new"
    old_id = pages.clap_page(ONE, old, times=1).tally.post_id
    pages.clap_page(ONE, new, times=1)
    add_alias(pages, errands, ada, blog.id, url=new, alias=old)
    do_all(errands)

    with pytest.raises(NotFound):
        core.ledger.take(Change("clap", old_id, str(TWO.id), 1))
