"""Searching."""

from __future__ import annotations

from flask import Blueprint, Response, request

from claps.acts.search import find
from claps.plain.limits import SEARCH_LENGTH
from claps.plain.topics import post_topic
from claps.web import answers
from claps.web.fragments import watch_url
from claps.web.site import site

bp = Blueprint("search", __name__)


@bp.get("/search")
def search() -> Response:
    """Posts with all words of ``q``, and people whose names begin with it."""
    text = request.args.get("q", "")[:SEARCH_LENGTH]
    found = find(site().database, site().library, text)
    topics = [post_topic(line.post.id) for line in found.lines]
    return answers.page("search/search.html", text=text, found=found, live_url=watch_url(topics) if topics else None)
