"""A person's own feed, and the Atom feeds of the site, of people and of tags."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from claps.acts import lists
from claps.plain.limits import ATOM_ENTRIES, LINES_PER_PAGE
from claps.plain.posts import Line
from claps.plain.topics import feed_topic
from claps.web import answers, identity
from claps.web.lists import before_id, by_host, by_person_and_part, older_url, watch_part
from claps.web.shelf import kept
from claps.web.site import site

bp = Blueprint("feeds", __name__)
# What XML cannot say, not even escaped.
_UNSAYABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NOTHING_YET = datetime(1970, 1, 1, tzinfo=UTC)


@bp.get("/following")
@kept(lambda: ("posts",), key=by_person_and_part)
def following() -> Response:
    """What one has published, and those whom one follows."""
    me = identity.find_person()
    if me is None:
        return answers.see_other("/login?next=/following")
    before = before_id()
    part = site().library.part_of(site().feeds.posts_of(me.id, before, LINES_PER_PAGE + 1))
    url = watch_part(part, feed_topic(me.id, part.newest_id) if before is None else None)
    values = {"part": part, "older_url": older_url(part), "live_url": url, "is_first": before is None}
    return answers.private_page("feeds/following.html", me=me, **values)


@bp.get("/feed.atom")
@kept(lambda: ("posts",), key=by_host)
def site_atom() -> Response:
    """The newest posts of all."""
    return _atom(site().library.latest().lines, title_text="Claps", page_url="/")


@bp.get("/@<name>/feed.atom")
@kept(lambda name: (f"@{name.lower()}", "posts"), key=by_host)
def person_atom(name: str) -> Response:
    """The newest posts of a person."""
    person = site().library.get_person(name)
    lines = site().library.lines_of(person).lines
    return _atom(lines, title_text=f"{person.display_name} · Claps", page_url=f"/@{person.name}", person=person)


@bp.get("/tags/<word>/feed.atom")
@kept(lambda word: ("posts",), key=by_host)
def tag_atom(word: str) -> Response:
    """The newest posts with a tag."""
    found = lists.tagged(site().library, word, None)
    return _atom(found.part.lines, title_text=f"#{found.tag} · Claps", page_url=f"/tags/{quote(found.tag)}")


def _atom(lines: tuple[Line, ...] | list[Line], *, title_text: str, page_url: str, **more: Any) -> Response:
    posts = [line.post for line in lines[:ATOM_ENTRIES]]
    changes = [post.edited_at or post.published_at for post in posts]
    text = render_template(
        "feeds/atom.xml", posts=posts, updated_at=max(changes, default=NOTHING_YET), title_text=title_text,
        root=request.url_root.rstrip("/"), page_url=page_url, own_url=request.path, person=more.get("person"),
    )
    response = make_response(_UNSAYABLE.sub("", text))
    response.content_type = "application/atom+xml; charset=utf-8"
    response.headers["Cache-Control"] = "public, max-age=60, stale-while-revalidate=600"
    return response
