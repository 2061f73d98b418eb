"""A person's page."""

from __future__ import annotations

from flask import Blueprint, Response

from claps.plain.topics import post_topic
from claps.web import answers
from claps.web.fragments import watch_url
from claps.web.shelf import kept
from claps.web.site import site

bp = Blueprint("people", __name__)


@bp.get("/@<name>")
@kept(lambda name: (f"@{name.lower()}", "posts"))
def person(name: str) -> Response:
    """Who somebody is, and what they have published."""
    library = site().library
    found = library.get_person(name)
    lines = library.lines_of(found)
    url = watch_url([post_topic(line.post.id) for line in lines]) if lines else None
    return answers.page("people/person.html", person=found, lines=lines, live_url=url)
