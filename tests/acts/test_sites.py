"""Registering websites, and the addresses of their pages."""

from __future__ import annotations

from itertools import count

import pytest

from claps.acts.errands import Errands
from claps.acts.looking import PostSource
from claps.acts.posts import Library
from claps.acts.site_pages import Pages
from claps.acts.sites import (
    Closing,
    add_alias,
    change_site,
    pages_of,
    register_site,
    remove_alias,
    remove_site,
    sites_of,
)
from claps.app import Core
from claps.plain.errors import Conflict, Invalid, NotFound
from claps.plain.people import Person
from claps.plain.sites import Site
from tests.parts.inside import GUEST, write_person

_NUMBERS = count(1)


@pytest.fixture
def core(shared_core: Core) -> Core:
    """The parts, one set for all tests: each brings people and a site of its own."""
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
    origins = f"https://{ada.name}.example\nwww.{ada.name}.example/x"
    return register_site(pages, ada, name=" Ada’s  blog ", origins=origins)


@pytest.fixture
def errands(core: Core) -> Errands:
    """Whoever takes away what deleted sites leave."""
    return Errands(core.database, {"site": Closing().do})


def test_a_site_is_registered_under_its_origins(pages: Pages, ada: Person, blog: Site) -> None:
    assert blog.name == "Ada’s blog"
    assert blog.origins == (f"https://{ada.name}.example", f"https://www.{ada.name}.example")
    assert sites_of(pages, ada) == [blog]
    assert pages.find_site(f"https://www.{ada.name}.example/any") == blog


def test_an_origin_belongs_to_one_site(core: Core, pages: Pages, ada: Person, blog: Site) -> None:
    ben = write_person(core, f"ben-{ada.name}")

    with pytest.raises(Conflict, match="belongs to another site"):
        register_site(pages, ben, name="Mine", origins=f"https://other.{ada.name}.example {blog.origins[0]}")

    assert sites_of(pages, ben) == []
    assert pages.find_site(f"https://other.{ada.name}.example") is None


@pytest.mark.parametrize(("name", "origins", "field"), [
    ("", "https://a.example", "name"), ("x" * 61, "https://a.example", "name"), ("A", "", "origins"),
    ("A", "javascript:x", "origins"), ("A", "\n".join(f"https://a{n}.example" for n in range(21)), "origins"),
])
def test_a_wrong_field_is_named(pages: Pages, ada: Person, name: str, origins: str, field: str) -> None:
    with pytest.raises(Invalid) as error:
        register_site(pages, ada, name=name, origins=origins)

    assert error.value.field == field


def test_a_person_has_only_so_many_sites(
    pages: Pages, ada: Person, blog: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.acts.sites.SITES_PER_PERSON", 1)

    with pytest.raises(Conflict, match="delete one first"):
        register_site(pages, ada, name="Second", origins="https://second.example")


def test_counts_follow_a_site_to_another_domain(pages: Pages, ada: Person, blog: Site) -> None:
    pages.clap_page(GUEST, f"{blog.origins[0]}/post", times=3)

    change_site(pages, ada, blog.id, name="Blog", origins=f"https://new.{ada.name}.example")

    assert pages.clap_page(GUEST, f"https://new.{ada.name}.example/post", times=1).yours == 4
    with pytest.raises(NotFound):
        pages.find_page(f"{blog.origins[0]}/post")


def test_others_change_nothing(core: Core, pages: Pages, ada: Person, blog: Site, errands: Errands) -> None:
    ben = write_person(core, f"ben-{ada.name}")
    url = f"{blog.origins[0]}/post"

    for attempt in (
        lambda: change_site(pages, ben, blog.id, name="Mine", origins="https://mine.example"),
        lambda: add_alias(pages, errands, ben, blog.id, url=url, alias=f"{url}/old"),
        lambda: remove_alias(pages, ben, blog.id, alias=url),
        lambda: remove_site(pages, errands, ben, blog.id),
        lambda: pages_of(pages, ben, blog.id),
    ):
        with pytest.raises(NotFound):
            attempt()

    assert sites_of(pages, ada) == [blog]


def test_a_page_that_moves_takes_its_counts_along(pages: Pages, ada: Person, blog: Site, errands: Errands) -> None:
    old, new = f"{blog.origins[0]}/2024/post", f"{blog.origins[0]}/post"
    before = pages.clap_page(GUEST, old, times=3)

    page = add_alias(pages, errands, ada, blog.id, url=new, alias=old)

    assert (page.post_id, page.url) == (before.tally.post_id, new)
    assert [pages.clap_page(GUEST, url, times=1).yours for url in (old, new)] == [4, 5]
    [line] = pages_of(pages, ada, blog.id).lines
    assert (line.page.url, line.aliases) == (new, (old,))


def test_an_address_can_be_known_before_anybody_claps(pages: Pages, ada: Person, blog: Site, errands: Errands) -> None:
    old, new = f"{blog.origins[0]}/old", f"{blog.origins[0]}/new"

    add_alias(pages, errands, ada, blog.id, url=new, alias=old)

    assert [pages.clap_page(GUEST, url, times=2).yours for url in (old, new)] == [2, 4]
    assert pages.find_page(old) == pages.find_page(new)


def test_an_alias_is_of_the_same_site(pages: Pages, ada: Person, blog: Site, errands: Errands) -> None:
    with pytest.raises(Invalid, match="no origin of this site"):
        add_alias(pages, errands, ada, blog.id, url=f"{blog.origins[0]}/post", alias="https://other.example/post")


def test_an_alias_can_be_taken_away_and_the_page_itself_cannot(
    pages: Pages, ada: Person, blog: Site, errands: Errands
) -> None:
    old, new = f"{blog.origins[0]}/old", f"{blog.origins[0]}/new"
    add_alias(pages, errands, ada, blog.id, url=new, alias=old)

    remove_alias(pages, ada, blog.id, alias=old)

    assert pages.find_page(old) is None
    with pytest.raises(Conflict):
        remove_alias(pages, ada, blog.id, alias=new)


def test_pages_are_listed_part_by_part(
    pages: Pages, ada: Person, blog: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.acts.sites.PAGES_SHOWN", 2)
    ids = [pages.open_page(f"{blog.origins[0]}/{number}").post_id for number in range(3)]

    first = pages_of(pages, ada, blog.id)
    second = pages_of(pages, ada, blog.id, before_id=first.next_before)

    assert [line.page.post_id for line in (*first.lines, *second.lines)] == ids[::-1]
    assert (first.total, second.next_before) == (3, None)


def test_a_deleted_site_leaves_nothing_to_find(
    core: Core, pages: Pages, ada: Person, blog: Site, errands: Errands
) -> None:
    url = f"{blog.origins[0]}/post"
    post_id = pages.clap_page(GUEST, url, times=3).tally.post_id

    remove_site(pages, errands, ada, blog.id)
    again = register_site(pages, ada, name="Again", origins=blog.origins[0])
    kept_id = pages.open_page(url).post_id
    while errands.do_one():
        pass

    assert sites_of(pages, ada) == [again]
    assert [line.page.post_id for line in pages_of(pages, ada, again.id).lines] == [kept_id]
    with pytest.raises(NotFound):
        Library(core.database, core.mending, core.tallies).get_counted(post_id)
