"""What one has oneself: who one is, and one's own posts with all their counts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from claps.plain.errors import ClapsError
from claps.plain.parcels import post_address
from claps.plain.posts import Post
from claps.plain.tallies import Tally
from claps.web.api import told
from claps.web.api.described import BEFORE, describe
from claps.web.api.errors import answer_problem
from claps.web.api.schemas import OwnPostSchema, ProfileSchema
from claps.web.bearer import needs
from claps.web.lists import before_id
from claps.web.site import site

bp = Blueprint("api-me", __name__, url_prefix="/api/v1/me")
bp.register_error_handler(ClapsError, answer_problem)


@bp.get("")
@needs("read")
@describe(gives=ProfileSchema)
def show() -> Response:
    """Who one is."""
    return told.answer(told.profile_fields(site().library.get_profile(told.some_person().name)))


@bp.get("/posts")
@needs("stats")
@describe(gives=OwnPostSchema, lists=True, query=BEFORE)
def posts() -> Response:
    """One's published posts with their counts as they are now, newest first."""
    part = site().library.lines_of(told.some_person(), before_id())
    found = [line.post for line in part.lines]
    tallies = site().library.tallies_of(found)
    query = None if part.next_key is None else f"before={part.next_key}"
    return told.answer([_told(post, tallies[post.id]) for post in found], next_query=query)


def _told(post: Post, tally: Tally) -> dict[str, Any]:
    return {
        "id": post.id,
        "title": post.title,
        "url": post_address(told.root(), post.id, post.slug),
        "published_at": told.moment(post.published_at),
        **{name: getattr(tally, name) for name in told.COUNTS},
    }
