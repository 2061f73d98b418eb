"""Pages of other websites: how often they were clapped for, many in one call, and clapping for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, g, request

from claps.plain.errors import ClapsError, Malformed, NotFound
from claps.plain.people import Reader
from claps.plain.rates import PAGE_CLAPS, PAGE_CLAPS_NEARBY
from claps.plain.sites import ADDRESSES_PER_REQUEST
from claps.plain.tallies import Clapped, Tally
from claps.plain.versions import Version
from claps.web import embedding, identity
from claps.web.api import asked, told
from claps.web.api.described import describe
from claps.web.api.errors import answer_problem
from claps.web.api.page_schemas import CountsBody, CountSchema, PageClapBody
from claps.web.api.schemas import ClappedSchema, read_body
from claps.web.bearer import needs
from claps.web.named import asked_url, find_counts
from claps.web.rates import at_most, check_guest
from claps.web.site import site

bp = Blueprint("api-pages", __name__, url_prefix="/api/v1")
bp.register_error_handler(ClapsError, answer_problem)
bp.before_request(asked.check_utf8)
_URLS = {"url": {"type": "array", "items": {"type": "string"}, "maxItems": ADDRESSES_PER_REQUEST}}
BEGINNING = Version("0", 0)
_URL = {"url": {"type": "string"}, "canonical": {"type": "string"}}


@bp.get("/counts")
@needs("read")
@describe(gives=CountSchema, lists=True, query=_URLS, everybody=True)
def counts() -> Response:
    """The claps of up to 100 pages and posts, by their addresses (``url``, several times), in their order."""
    return _counts(request.args.getlist("url"))


@bp.post("/counts")
@needs("read")
@describe(gives=CountSchema, lists=True, takes=CountsBody, everybody=True)
def counts_of_many() -> Response:
    """The same for addresses that are too long together for one address."""
    return _counts(read_body(CountsBody)["urls"])


@bp.get("/pages/claps")
@needs("read")
@describe(gives=ClappedSchema, query=_URL, everybody=True)
def show() -> Response:
    """A page's claps, and how many are one's own."""
    url, pages = asked_url(), site().pages
    # Also to be told: what somebody gave to a page is no other website's business.
    reader, page = _reader_of(url), pages.find_page(url, request.args.get("canonical", ""))
    if page is None:
        return told.answer({"claps": 0, "yours": 0, "version": str(BEGINNING)})
    tally = site().library.tally_of(site().library.get_counted(page.post_id))
    return _told(tally, pages.hand_of(reader, page).yours)


@bp.post("/pages/claps")
@needs("clap")
@describe(gives=ClappedSchema, takes=PageClapBody, everybody=True)
@at_most(PAGE_CLAPS_NEARBY)
def clap() -> Response:
    """Clap for a page of a registered website."""
    body = read_body(PageClapBody)
    url, canonical = body["url"], body["canonical"]
    return _clapped(site().pages.clap_page(_reader(url), url, times=body["claps"], canonical=canonical))


@bp.delete("/pages/claps")
@needs("clap")
@describe(gives=ClappedSchema, query=_URL, everybody=True)
def take_back() -> Response:
    """Take all of one's claps for a page back."""
    url, canonical = asked_url(), request.args.get("canonical", "")
    return _clapped(site().pages.take_back_page(_reader(url), url, canonical=canonical))


def _counts(urls: Sequence[str]) -> Response:
    if len(urls) > ADDRESSES_PER_REQUEST:
        raise Malformed("url", f"At most {ADDRESSES_PER_REQUEST} addresses at once.")
    found = find_counts(urls)
    return told.answer([_count(url, found[url]) for url in urls])


def _count(url: str, tally: Tally | None) -> dict[str, Any]:
    if tally is None:
        return {"url": url, "claps": 0, "people": 0}
    if tally.is_calm:
        return {"url": url, "claps": None, "people": None}
    return {"url": url, "claps": tally.claps, "people": tally.people}


def _reader(url: str) -> Reader:
    reader = _reader_of(url)
    if "bearer" not in g:
        check_guest(PAGE_CLAPS, reader)
    return reader


def _reader_of(url: str) -> Reader:
    # Who shows a token is that person; everybody else a guest of that website, by address. Cookies say nothing here.
    if "bearer" in g:
        return identity.some_reader()
    owner = site().pages.find_site(url)
    if owner is None:
        raise NotFound("Nobody has registered the website of this page.")
    embedding.check_origin(owner)
    return identity.guest_by_address(owner.id)


def _clapped(clapped: Clapped) -> Response:
    return _told(site().calm.veil(clapped.tally), clapped.yours)


def _told(tally: Tally, yours: int) -> Response:
    claps = None if tally.is_calm else tally.claps
    return told.answer({"claps": claps, "yours": yours, "version": str(tally.version)})
