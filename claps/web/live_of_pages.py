"""Pages of other websites ask for their live counts by their own address, and only from their own sites."""

from __future__ import annotations

from flask import g, request

from claps.plain.errors import Malformed, NotFound
from claps.plain.topics import Topic, post_topic
from claps.plain.versions import parse_version
from claps.web import embedding
from claps.web.cors import MAY_READ, is_registered
from claps.web.guard import is_ours
from claps.web.named import asked_url
from claps.web.site import site
from claps.web.viewers import count_view, is_a_readers_browser


def read_page(seen: str) -> tuple[Topic, str]:
    """Read which page this request asks about, by ``url``; cookies say nothing here.

    :param seen: the version that the other end has seen, empty for none: then it is a view.
    :raises Malformed: topics are named as well.
    :raises NotFound: nobody has registered its website, or it is new and no browser asks.
    :raises Refused: a WebSocket comes from another website than the page's own.
    """
    if "topic" in request.args:
        raise Malformed("url", "Name topics, or the address of a page, and not both.")
    url, pages = asked_url(), site().pages
    parse_version(seen)
    g.page_site = owner = pages.find_site(url)
    if owner is not None and "HTTP_SEC_WEBSOCKET_KEY" in request.environ:
        # Nothing else keeps a script of any page from listening to what a WebSocket is told.
        embedding.check_origin(owner)
    canonical = request.args.get("canonical", "")
    # A page that is new comes into being with somebody who looks, and not because a robot asks.
    page = pages.open_page(url, canonical) if is_a_readers_browser() else pages.find_page(url, canonical)
    if page is None:
        raise NotFound("Nobody has clapped there yet.")
    if not seen:
        count_view(page.post_id, None)
    return post_topic(page.post_id), seen


def is_of_page() -> bool:
    """True when this request asks for a page of another website."""
    return "page_site" in g


def allowed_lines() -> tuple[str, ...]:
    """The lines of a head that let a page of another site read a stream, or the answer to a long-poll.

    It is the site of the page that is asked about, or that of a registered app: with a token, of the token's own.
    """
    origin = request.environ.get("HTTP_ORIGIN")
    if origin is None or is_ours(origin):
        return ()
    if origin not in g.page_site.origins if is_of_page() else not is_registered(origin):
        return ()
    return f"Access-Control-Allow-Origin: {origin}", "Vary: Origin", f"Access-Control-Expose-Headers: {MAY_READ}"
