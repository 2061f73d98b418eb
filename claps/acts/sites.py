"""Registering websites, and saying which addresses are the same page."""

from __future__ import annotations

from collections.abc import Iterable

from claps.acts.errands import Errands, Step
from claps.acts.merging import promise_merging
from claps.acts.site_pages import Pages
from claps.plain.errors import Conflict, Invalid, NotFound
from claps.plain.people import Person
from claps.plain.sites import (
    ADDRESSES_PER_PAGE,
    CLOSE_ROWS,
    ORIGINS_PER_SITE,
    PAGES_PER_SITE,
    PAGES_SHOWN,
    SITE_NAME_LENGTH,
    SITES_PER_PERSON,
    Address,
    Page,
    PagesPart,
    Site,
    read_address,
    read_origin,
)
from claps.store import site_pages, sites
from claps.store.errands import Task, add_errand


def register_site(pages: Pages, person: Person, *, name: str, origins: str) -> Site:
    """Register a website.

    :param origins: where it is reached, one a line: ``https://blog.example``.
    :raises Invalid: a field is not usable; names its field.
    :raises Conflict: an origin belongs to another site, or the person has as many sites as anybody may.
    """
    said, wanted = _site_name(name), _origins(origins)

    def work() -> Site:
        if len(sites.sites_of(person.id)) >= SITES_PER_PERSON:
            raise Conflict(f"You have {SITES_PER_PERSON} sites: delete one first.")
        return sites.add_site(person.id, said, wanted)

    site = pages.database.transact(work)
    pages.changed()
    return site


def change_site(pages: Pages, person: Person, site_id: int, *, name: str, origins: str) -> Site:
    """Change the name of one's own site, and where it is reached; its pages stay what they are.

    :raises Invalid: a field is not usable; names its field.
    :raises NotFound: there is no such site.
    :raises Conflict: an origin belongs to another site.
    """
    said, wanted = _site_name(name), _origins(origins)

    def work() -> Site:
        sites.get_site_of(person.id, site_id)
        return sites.change_site(sites.lock_site(site_id), said, wanted)

    site = pages.database.transact(work)
    pages.changed()
    return site


def add_alias(pages: Pages, errands: Errands, person: Person, site_id: int, *, url: str, alias: str) -> Page:
    """Let a page of one's own site be found by another address of the same site as well.

    When both have been clapped for, the other page becomes part of this one: of what a reader gave to both 50 count.

    :param url: the page's address; one that nobody has seen yet is a page from now on.
    :raises Invalid: one is no address of the site; names its field.
    :raises NotFound: there is no such site.
    :raises Conflict: there are too many, or another page is just becoming part of the other.
    """

    def work() -> Page:
        site = _hold(person, site_id)
        address, other = _own_address(site, url, "url"), _own_address(site, alias, "alias")
        page = site_pages.find_page(site.id, address)
        known = site_pages.find_page(site.id, other)
        total, _ = site_pages.count_addresses(site.id)
        if total + 2 > PAGES_PER_SITE:
            raise Conflict(f"This site has {PAGES_PER_SITE:,} pages here, and no more are taken.")
        if page is None and known is not None:
            # The page has moved, and nobody has clapped at its new place yet: it takes its counts along.
            site_pages.add_address(site.id, known.post_id, address)
            site_pages.show_as(known.post_id, address)
            return Page(known.post_id, site.id, address.url)
        page = page or site_pages.add_page(site.owner_id, site.id, address)
        _add(site, page, other, known)
        return page

    page = pages.database.transact(work)
    pages.changed()
    errands.stir()
    return page


def _add(site: Site, page: Page, other: Address, known: Page | None) -> None:
    if known is not None and known.post_id != page.post_id:
        promise_merging(known.post_id, page.post_id)
        return
    if site_pages.count_addresses_of(page.post_id) >= ADDRESSES_PER_PAGE:
        raise Conflict(f"This page has {ADDRESSES_PER_PAGE} addresses: take one away first.")
    if known is None:
        site_pages.add_address(site.id, page.post_id, other)


def remove_alias(pages: Pages, person: Person, site_id: int, *, alias: str) -> None:
    """Let an address of one's own site stand for nothing any more; the one under which its page is shown stays.

    :raises NotFound: there is no such site, or the address stands for nothing.
    :raises Conflict: it is the one under which its page is shown.
    """

    def work() -> None:
        site = _hold(person, site_id)
        other = read_address(alias, field="alias")
        page = site_pages.find_page(site.id, other)
        if page is None:
            raise NotFound("This address stands for no page of the site.")
        if read_address(page.url).key == other.key:
            raise Conflict("The page is shown under this address.")
        site_pages.drop_address(site.id, other)

    pages.database.transact(work)
    pages.changed()


def remove_site(pages: Pages, errands: Errands, person: Person, site_id: int) -> None:
    """Delete one's own site: its frames show nothing from now on, its pages go, and others may take its origins.

    :raises NotFound: there is no such site.
    """

    def work() -> None:
        let_go(_hold(person, site_id).id)

    pages.database.transact(work)
    pages.changed()
    errands.stir()


def let_go(site_id: int) -> None:
    """Forget a site, and promise that its pages go; call inside a transaction."""
    sites.close_site(site_id)
    add_errand("site", {"site_id": site_id})


def let_go_sites_of(person_id: int) -> int:
    """Forget the sites of one who leaves; call inside a transaction; return how many there were."""
    found = sites.sites_of(person_id)
    for site in found:
        let_go(site.id)
    return len(found)


class Closing:
    """Does the errands of kind ``site``: takes away what a deleted site leaves."""

    def do(self, task: Task) -> Step:
        """Do one step of an errand; call inside its transaction."""
        site_id = int(task.body["site_id"])
        withdrawn = site_pages.withdraw_pages(site_id, CLOSE_ROWS)
        if site_pages.drop_addresses(site_id, CLOSE_ROWS) or withdrawn:
            return Step(task.cursor + 1)
        sites.drop_site(site_id)
        return Step()


def sites_of(pages: Pages, person: Person) -> list[Site]:
    """Read the sites that a person has registered, the newest first."""
    with pages.database.reading():
        return sites.sites_of(person.id)


def get_site(pages: Pages, person: Person, site_id: int) -> Site:
    """Read one's own site.

    :raises NotFound: there is no such site.
    """
    with pages.database.reading():
        return sites.get_site_of(person.id, site_id)


def pages_of(pages: Pages, person: Person, site_id: int, *, before_id: int | None = None) -> PagesPart:
    """Read the pages of one's own site with their counts as last flushed, the newest first, below ``before_id``.

    :raises NotFound: there is no such site.
    """
    site = get_site(pages, person, site_id)
    with pages.database.reading():
        found = site_pages.pages_of(site.id, before_id, PAGES_SHOWN + 1)
        total = site_pages.count_pages([site.id])[site.id]
    lines = tuple(found[:PAGES_SHOWN])
    return PagesPart(site, lines, total, lines[-1].page.post_id if len(found) > PAGES_SHOWN else None)


def _hold(person: Person, site_id: int) -> Site:
    sites.get_site_of(person.id, site_id)
    return sites.lock_site(site_id)


def _own_address(site: Site, text: str, field: str) -> Address:
    address = read_address(text, field=field)
    if address.origin not in site.origins:
        raise Invalid(field, f"{address.origin} is no origin of this site.")
    return address


def _site_name(text: str) -> str:
    name = " ".join(text.split())
    if not name or len(name) > SITE_NAME_LENGTH:
        raise Invalid("name", f"A name of 1 to {SITE_NAME_LENGTH} characters, please.")
    return name


def _origins(text: str) -> list[str]:
    wanted: Iterable[str] = dict.fromkeys(read_origin(line) for line in text.split())
    found = list(wanted)
    if not 1 <= len(found) <= ORIGINS_PER_SITE:
        raise Invalid("origins", f"1 to {ORIGINS_PER_SITE} addresses, one a line, please: https://blog.example")
    return found
