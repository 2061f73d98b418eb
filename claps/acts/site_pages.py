"""Pages of other websites: found by their address, made when somebody first reads or claps there, and clapped for."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from claps.acts import claps
from claps.acts.dashboard import NEW_PAGE
from claps.acts.kept import Kept
from claps.acts.logs import Publish
from claps.acts.posts import Library
from claps.hot.ledger import Ledger
from claps.live.sources import HalfRead, Source
from claps.plain.channels import HOUSE_CHANNEL
from claps.plain.errors import Conflict, Invalid, NotFound, TooMany, Unavailable
from claps.plain.people import Reader
from claps.plain.sites import PAGES_PER_HOUR, PAGES_PER_SITE, Address, Page, Site, read_address
from claps.plain.tallies import Clapped, Hand, Tally
from claps.plain.topics import post_topic, writer_topic
from claps.store import site_pages, sites
from claps.store.database import Database

log = logging.getLogger(__name__)
Asked = tuple[Site, Address]
# On the house's channel: which addresses stand for which pages has changed.
CHANGED = "sites"


class Pages:
    """What readers do with pages of other websites.

    A page is a post of the site's owner. To ask for one that is not known makes nothing: it comes into being with
    the first view or clap. Its address is whatever somebody says, so a site has a bound of them, and of new ones
    in an hour.

    A ``canonical`` address counts for the one request that names it, and only on the same site: anybody can name
    one, so it never changes what another request finds.

    :param source: what is told of posts to whoever watches them.
    :param publish: tells other processes.
    """

    def __init__(
        self, database: Database, ledger: Ledger, library: Library, *, source: Source, publish: Publish
    ) -> None:
        self.database = database
        self._ledger = ledger
        self._library = library
        self._source = source
        self._publish = publish
        self._sites: Kept[Site | None] = Kept()
        self._pages: Kept[Page | None] = Kept()

    def find_site(self, url: str) -> Site | None:
        """Find the site that an address, or an origin, belongs to; None when nobody has registered it.

        :raises Invalid: it is no address.
        """
        return self._site_of(read_address(url))

    def site_of(self, post_id: int) -> Site | None:
        """Read the site that a post is a page of; None for what was published here.

        :raises NotFound: there is no such post.
        """
        site_id = self._library.get_counted(post_id).site_id

        def read() -> Site | None:
            with self.database.reading():
                return sites.find_site(int(site_id or 0))

        return None if site_id is None else self._sites.get(site_id, read)

    def find_page(self, url: str, canonical: str = "") -> Page | None:
        """Find the page that an address stands for; None when nobody has read or clapped there yet.

        :raises Invalid: it is no address.
        :raises NotFound: nobody has registered its site.
        """
        for site, address in self._asked(url, canonical):
            found = self._page_of(site, address)
            if found is not None:
                return found
        return None

    def open_page(self, url: str, canonical: str = "") -> Page:
        """Find the page that an address stands for, and make it when it is new.

        :raises Invalid: it is no address.
        :raises NotFound: nobody has registered its site.
        :raises Conflict: the site has as many pages as one may have.
        :raises TooMany: too many of its pages are new.
        """
        found = self.find_page(url, canonical)
        if found is not None:
            return found
        site, address = self._asked(url, canonical)[0]
        page = self.database.transact(lambda: _open(site, address))
        self._pages.drop((site.id, address.key))
        try:
            self._publish(str(writer_topic(site.owner_id)), NEW_PAGE)
        except Unavailable:
            log.info("an open dashboard shows the page %d when it is read again", page.post_id)
        return page

    def tallies_of(self, urls: Sequence[str]) -> dict[str, Tally | None]:
        """Read the counts of pages, as their readers may see them, by address as it was given.

        None for a page that is not known, or no page at all: nobody has clapped there.
        """
        asked: dict[str, Asked] = {}
        for url in dict.fromkeys(urls):
            try:
                asked[url] = self._asked(url, "")[0]
            except (Invalid, NotFound):
                continue
        with self.database.reading():
            found = site_pages.find_pages((site.id, address) for site, address in asked.values())
        pages = {url: found.get((site.id, address.key)) for url, (site, address) in asked.items()}
        tallies = self.veiled_counts({page.post_id for page in pages.values() if page is not None})
        return {url: tallies.get(page.post_id) if (page := pages.get(url)) is not None else None for url in urls}

    def veiled_counts(self, post_ids: Iterable[int]) -> dict[int, Tally]:
        """Read the counts of pages by their numbers, as their readers may see them; those not there are missing."""
        try:
            news = self._source.read([post_topic(post_id) for post_id in post_ids])
        except HalfRead as error:
            news = error.found
        return {topic.number: told.value for topic, told in news.items() if isinstance(told.value, Tally)}

    def clap_page(self, reader: Reader, url: str, *, times: int, canonical: str = "") -> Clapped:
        """Clap for a page, which is made when it is new.

        :param times: claps asked for, 1 to 50.
        :raises Refused: the reader owns the site.
        :raises Invalid: ``times`` is out of range, or it is no address.
        """
        claps.check_times(times)
        page = self.open_page(url, canonical)
        return claps.clap(self._ledger, reader, self._library.get_counted(page.post_id), times=times)

    def take_back_page(self, reader: Reader, url: str, *, canonical: str = "") -> Clapped:
        """Take all of a reader's claps for a page back.

        :raises NotFound: nobody has clapped there.
        """
        page = self.find_page(url, canonical)
        if page is None:
            raise NotFound("Nobody has clapped there yet.")
        return claps.take_back(self._ledger, reader, self._library.get_counted(page.post_id))

    def hand_of(self, reader: Reader | None, page: Page | None) -> Hand:
        """Read what a reader gave to a page."""
        if page is None:
            return Hand(0, 0)
        return self._library.hand_of(self._library.get_counted(page.post_id), reader)

    def changed(self) -> None:
        """Say, after the COMMIT, that sites or addresses have changed: nothing that was read before counts any more."""
        self._forget()
        try:
            self._publish(HOUSE_CHANNEL, CHANGED)
        except Unavailable:
            log.info("others find out about changed sites when their copies are old")

    def hear(self, message: str) -> None:
        """Take what another process, or this one, said of the house."""
        if message == CHANGED:
            self._forget()

    def _forget(self) -> None:
        self._sites.drop_all()
        self._pages.drop_all()

    def _asked(self, url: str, canonical: str) -> list[Asked]:
        address = read_address(url)
        site = self._site_of(address)
        if site is None:
            raise NotFound(f"Nobody has registered {address.origin} here.")
        asked = [(site, address)]
        if canonical:
            try:
                better = read_address(canonical, field="canonical")
            except Invalid:
                return asked
            if better.origin in site.origins and better.key != address.key:
                asked.insert(0, (site, better))
        return asked

    def _site_of(self, address: Address) -> Site | None:
        def read() -> Site | None:
            with self.database.reading():
                return sites.find_site_of(address.origin)

        return self._sites.get(address.origin, read)

    def _page_of(self, site: Site, address: Address) -> Page | None:
        def read() -> Page | None:
            with self.database.reading():
                return site_pages.find_page(site.id, address)

        return self._pages.get((site.id, address.key), read)


def _open(site: Site, address: Address) -> Page:
    # Its row is held, so that of two who are first there one makes the page and the other finds it.
    held = sites.lock_site(site.id)
    found = site_pages.find_page(site.id, address)
    if found is not None:
        return found
    total, lately = site_pages.count_addresses(site.id)
    if total >= PAGES_PER_SITE:
        raise Conflict(f"This site has {PAGES_PER_SITE:,} pages here, and no more are taken.")
    if lately >= PAGES_PER_HOUR:
        raise TooMany("Too many pages of this site are new. Try again later, please.", retry_after_seconds=600)
    return site_pages.add_page(held.owner_id, site.id, address)
