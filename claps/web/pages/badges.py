"""Counts as pictures, for pages of others: one that stands still, and one that moves."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from claps.plain.badges import POLICY, Look, draw_badge, parse_look
from claps.plain.errors import Conflict, NotFound, TooMany
from claps.plain.tallies import Tally
from claps.plain.topics import post_topic
from claps.web import live
from claps.web.embedding import spell_look
from claps.web.named import asked_url, find_own_post, own_post_of
from claps.web.site import badge_wire, site
from claps.web.viewers import is_a_readers_browser

bp = Blueprint("badges", __name__)


@bp.get("/badge.svg")
def badge() -> AnyResponse:
    """The claps of a page (``url``) or post (``post``); with ``live=1`` it moves in a plain ``<img>``."""
    look, moves = asked_look(), request.args.get("live") == "1"
    try:
        post_id, claps = _find(opens=moves and is_a_readers_browser())
    except NotFound:
        # A browser shows the picture of a 404 as any other, and so whoever puts it there sees what is wrong.
        return _picture(draw_badge(None, Look(look.colour, look.theme, "no such page")), status=404)
    if moves and post_id is not None:
        return live.park(badge_wire(look), live.Ask(((post_topic(post_id), ""),), None))
    return _picture(draw_badge(claps, look))


def asked_look() -> Look:
    """Read how a badge is wanted from this request's address.

    :raises Invalid: there is no such look.
    """
    colour, theme = spell_look(request.args)
    return parse_look(colour=colour, theme=theme, label=request.args.get("label"))


def _find(*, opens: bool) -> tuple[int | None, int | None]:
    post = own_post_of(request.args["post"]) if "post" in request.args else find_own_post(asked_url())
    if post is not None:
        return post.id, _shown(site().library.tally_of(post))
    pages, url = site().pages, asked_url()
    page = pages.find_page(url)
    if page is None and opens:
        try:
            page = pages.open_page(url)
        except (Conflict, TooMany):
            pass  # What cannot be watched stands still.
    if page is None:
        return None, 0
    return page.post_id, _shown(pages.tallies_of([url])[url])


def _shown(tally: Tally | None) -> int | None:
    return 0 if tally is None else None if tally.is_calm else tally.claps


def _picture(svg: str, *, status: int = 200) -> AnyResponse:
    data = svg.encode()
    response = Response(data, status, content_type="image/svg+xml")
    response.headers["Cache-Control"] = "public, max-age=60, stale-while-revalidate=600"
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.set_etag(hashlib.sha256(data).hexdigest()[:16], weak=True)
    return response.make_conditional(request) if status == 200 else response
