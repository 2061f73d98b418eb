"""Searching."""

from __future__ import annotations

from flask import Blueprint, Response, request

from claps.acts.search import find
from claps.plain.limits import SEARCH_LENGTH
from claps.plain.posts import Part
from claps.web import answers
from claps.web.lists import watch_part
from claps.web.site import site

bp = Blueprint("search", __name__)


@bp.get("/search")
def search() -> Response:
    """Posts with all words of ``q``, and people whose names begin with it."""
    text = request.args.get("q", "")[:SEARCH_LENGTH]
    found = find(site().database, site().library, text)
    url = watch_part(Part(found.lines, None))
    return answers.page("search/search.html", text=text, found=found, live_url=url)
