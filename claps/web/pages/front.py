"""The pages of all posts: the latest, and the popular ones."""

from __future__ import annotations

from flask import Blueprint, Response, request

from claps.acts import lists
from claps.plain.popular import parse_rank
from claps.plain.topics import posts_topic
from claps.web import answers
from claps.web.lists import before_id, by_part, older_url, watch_part
from claps.web.shelf import kept
from claps.web.site import site

bp = Blueprint("front", __name__)


@bp.get("/")
@kept(lambda: ("posts",), key=by_part)
def front() -> Response:
    """The newest posts."""
    before = before_id()
    part = site().library.latest(before)
    url = watch_part(part, posts_topic(part.newest_id) if before is None else None)
    return answers.page("front.html", part=part, older_url=older_url(part), live_url=url, is_first=before is None)


@bp.get("/popular")
@kept(lambda: ("posts",), key=by_part)
def popular() -> Response:
    """The posts that many have liked lately."""
    text = request.args.get("before")
    part = lists.popular(site().library, site().popularity, None if text is None else parse_rank(text))
    return answers.page("feeds/popular.html", part=part, older_url=older_url(part), live_url=watch_part(part))
