"""The front page."""

from __future__ import annotations

from flask import Blueprint, Response

from claps.plain.topics import post_topic
from claps.web import answers
from claps.web.fragments import watch_url
from claps.web.shelf import kept
from claps.web.site import site

bp = Blueprint("front", __name__)


@bp.get("/")
@kept(lambda: ("posts",))
def front() -> Response:
    """The newest posts."""
    lines = site().library.latest()
    url = watch_url([post_topic(line.post.id) for line in lines]) if lines else None
    return answers.page("front.html", lines=lines, live_url=url)
