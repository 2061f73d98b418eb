"""What one has oneself: one's own posts, with all their counts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from claps.live.messages import dump
from claps.plain.errors import ClapsError, SignInFirst
from claps.plain.parcels import post_address
from claps.plain.posts import Line
from claps.web import identity
from claps.web.api.errors import answer_problem
from claps.web.bearer import needs
from claps.web.lists import before_id
from claps.web.site import site

bp = Blueprint("api-me", __name__, url_prefix="/api/v1/me")
bp.register_error_handler(ClapsError, answer_problem)


@bp.get("/posts")
@needs("stats")
def posts() -> Response:
    """One's published posts with their counts as they are now, newest first; a page behind ``before``."""
    me = identity.find_person()
    if me is None:
        raise SignInFirst("These are the posts of an account.")
    part = site().library.lines_of(me, before_id())
    root = request.url_root.rstrip("/")
    response = Response(dump([_told(line, root) for line in part.lines]), content_type="application/json")
    if part.next_key is not None:
        response.headers["Link"] = f'<{root}{request.path}?before={part.next_key}>; rel="next"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _told(line: Line, root: str) -> dict[str, Any]:
    post, tally = line.post, line.tally
    return {
        "id": post.id,
        "title": post.title,
        "url": post_address(root, post.id, post.slug),
        "published_at": post.published_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        **{name: getattr(tally, name) for name in ("claps", "people", "likes", "views", "comments")},
    }
