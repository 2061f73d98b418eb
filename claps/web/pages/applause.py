"""What the published client of applause-button asks for, answered as its own server does.

Its server is github.com/ColinEberhardt/applause-button-server: numbers and lists as bare JSON, addresses without scheme
and query, at most ten claps a request. A website moves here by changing one address.
"""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, request

from claps.live.messages import dump
from claps.plain.errors import Invalid, Malformed, NotFound
from claps.plain.rates import PAGE_CLAPS, PAGE_CLAPS_NEARBY
from claps.plain.sites import ADDRESSES_PER_REQUEST, Site
from claps.plain.tallies import Tally
from claps.web import embedding, identity
from claps.web.rates import check_address, check_guest
from claps.web.site import site

bp = Blueprint("applause", __name__)
CLAPS_MOST = 10


@bp.get("/get-claps")
def get_claps() -> Response:
    """How often a page was clapped for: a number."""
    asked = _asked()
    if asked is None:
        # Its server's own words: robots say nothing of where they come from.
        return _told("no referer set")
    url, _ = _resolve(asked)
    return _told(_shown(site().pages.tallies_of([url])[url]))


@bp.post("/update-claps")
def update_claps() -> Response:
    """Clap for a page; answer how often it was clapped for. Claps past a reader's fifty change nothing."""
    asked = _asked()
    if asked is None:
        raise Malformed("url", "Neither “url” nor “Referer” says which page it is.")
    check_address(PAGE_CLAPS_NEARBY)
    url, owner = _resolve(asked)
    embedding.check_origin(owner)
    reader = identity.guest_by_address(owner.id)
    check_guest(PAGE_CLAPS, reader)
    clapped = site().pages.clap_page(reader, url, times=_times(_body()))
    return _told(_shown(site().calm.veil(clapped.tally)))


@bp.post("/get-multiple")
def get_multiple() -> Response:
    """How often each of up to a hundred pages was clapped for; those that nobody has clapped for are left out."""
    urls = _body()
    if not isinstance(urls, list) or not all(isinstance(url, str) for url in urls):
        raise Invalid("body", "The body is a list of addresses.")
    wanted: dict[str, str] = {}
    for bare in dict.fromkeys(_bare(url) for url in urls[:ADDRESSES_PER_REQUEST]):
        try:
            wanted[bare] = _resolve(bare)[0]
        except (Invalid, NotFound):
            continue
    found = site().pages.tallies_of(list(wanted.values()))
    counted = ((bare, _shown(found[url])) for bare, url in wanted.items())
    return _told([{"url": bare, "claps": claps} for bare, claps in counted if claps])


def _asked() -> str | None:
    # The client does not escape the address, so what stands behind an & in it is lost; its server takes no query.
    asked = request.args.get("url") or request.headers.get("Referer")
    return _bare(asked) if asked else None


def _bare(url: str) -> str:
    scheme, mark, rest = url.strip().partition("://")
    return (rest if mark and scheme.lower() in ("http", "https") else url.strip()).partition("?")[0]


def _resolve(bare: str) -> tuple[str, Site]:
    for scheme in ("https", "http"):
        url = f"{scheme}://{bare}"
        owner = site().pages.find_site(url)
        if owner is not None:
            return url, owner
    raise NotFound("Nobody has registered the website of this page.")


def _body() -> Any:
    try:
        return json.loads(request.get_data())
    except (ValueError, RecursionError):
        raise Malformed("body", "The body must be JSON.") from None


def _times(body: Any) -> int:
    # "3,4.0.5": the claps and the client's version; before version 3 a number that was no count, which is one clap.
    text = body.partition(",")[0].strip() if isinstance(body, str) else str(body)
    digits = text.removeprefix("-")
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 9:
        return 1
    return max(1, min(int(text), CLAPS_MOST))


def _shown(tally: Tally | None) -> int:
    return 0 if tally is None or tally.is_calm else tally.claps


def _told(value: Any) -> Response:
    response = Response(dump(value), content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
