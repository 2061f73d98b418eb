"""The pages of a tag: the newest posts with it, and the best of them."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from claps.acts import lists
from claps.plain.tags import find_tag
from claps.web import answers
from claps.web.lists import before_id, by_part, older_url, watch_part
from claps.web.shelf import kept
from claps.web.site import site

bp = Blueprint("tags", __name__)


@bp.get("/tags/<word>")
@kept(lambda word: ("posts",), key=by_part)
def tag(word: str) -> Response:
    """The newest posts with a tag."""
    found = lists.tagged(site().library, word, before_id())
    return _moved(word, found.tag) or _page(found, is_top=False)


@bp.get("/tags/<word>/top")
@kept(lambda word: ("posts",), key=by_part)
def top(word: str) -> Response:
    """The best posts with a tag."""
    found = lists.top_tagged(site().library, word)
    return _moved(word, found.tag) or _page(found, is_top=True)


def _page(found: lists.Tagged, *, is_top: bool) -> Response:
    part = found.part
    urls = {"older_url": older_url(part), "live_url": watch_part(part), "tag_url": f"/tags/{quote(found.tag)}"}
    return answers.page("feeds/tag.html", tagged=found, part=part, is_top=is_top, **urls)


def _moved(word: str, tag: str) -> Response | None:
    if word == tag or find_tag(word) != tag:
        return None
    # One tag has one address, however it was written.
    rest = request.path.rpartition("/top")[1]
    return redirect(f"/tags/{quote(tag)}{rest}", 301)
