"""Registering websites, and saying which addresses are the same page."""

from __future__ import annotations

from collections.abc import Iterable

from claps.acts.site_pages import Pages
from claps.plain.errors import Conflict, Invalid
from claps.plain.people import Person
from claps.plain.sites import (
    ADDRESSES_PER_PAGE,
    ORIGINS_PER_SITE,
    PAGES_PER_SITE,
    SITE_NAME_LENGTH,
    SITES_PER_PERSON,
    Address,
    Page,
    Site,
    read_address,
    read_origin,
)
from claps.store import site_pages, sites


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


def add_alias(pages: Pages, person: Person, site_id: int, *, url: str, alias: str) -> Page:
    """Let a page of one's own site be found by another address of the same site as well.

    :param url: the page's address; one that nobody has seen yet is a page from now on.
    :raises Invalid: one is no address of the site; names its field.
    :raises NotFound: there is no such site.
    :raises Conflict: the address stands for another page, or there are too many.
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
    return page


def _add(site: Site, page: Page, other: Address, known: Page | None) -> None:
    if known is not None and known.post_id != page.post_id:
        raise Conflict(f"{other.url} is a page with counts of its own.")
    if site_pages.count_addresses_of(page.post_id) >= ADDRESSES_PER_PAGE:
        raise Conflict(f"This page has {ADDRESSES_PER_PAGE} addresses: take one away first.")
    if known is None:
        site_pages.add_address(site.id, page.post_id, other)


def sites_of(pages: Pages, person: Person) -> list[Site]:
    """Read the sites that a person has registered, the newest first."""
    with pages.database.reading():
        return sites.sites_of(person.id)


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
