"""What one has oneself: who one is, and one's own posts with all their counts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from claps.acts.overview import check_own_post
from claps.plain.errors import ClapsError, Malformed
from claps.plain.figure_sheets import OF_POST
from claps.plain.figures import Figures
from claps.plain.parcels import post_address
from claps.plain.periods import RANGES
from claps.plain.posts import Post
from claps.plain.tallies import Tally
from claps.web.api import asked, told
from claps.web.api.described import BEFORE, describe
from claps.web.api.errors import answer_problem
from claps.web.api.schemas import FiguresSchema, OwnPostSchema, ProfileSchema
from claps.web.bearer import needs
from claps.web.figures import period_or_refuse
from claps.web.lists import before_id
from claps.web.site import site

bp = Blueprint("api-me", __name__, url_prefix="/api/v1/me")
bp.register_error_handler(ClapsError, answer_problem)
_DAY = {"type": "string", "format": "date"}
_PERIOD = {
    "from": _DAY, "to": _DAY, "grain": {"type": "string", "enum": ["hour", "day"]},
    "range": {"type": "string", "enum": list(RANGES)},
}


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


@bp.get("/posts/<int:post_id>/figures")
@needs("stats")
@describe(gives=FiguresSchema, query=_PERIOD)
def figures(post_id: int) -> Response:
    """What a post of one's own got in some days, seven if none are named, and in as many before."""
    if any(request.args.get(name) == "" for name in _PERIOD):
        raise Malformed("query", "Leave out what you do not say.")
    post = check_own_post(site().library.get_counted(asked.possible_id(post_id)), told.some_person())
    span = period_or_refuse().span
    overview = site().overviews.of_post(post, span)
    return told.answer({
        "post": post.id, "from": told.moment(span.begin), "to": told.moment(span.end), "grain": span.grain,
        "total": _counts(overview.total), "before": _counts(overview.before),
        "points": [{"at": told.moment(point.at), **_counts(point.figures)} for point in overview.points],
    })


def _counts(figures: Figures) -> dict[str, int]:
    return {name: getattr(figures, name) for name in OF_POST}


def _told(post: Post, tally: Tally) -> dict[str, Any]:
    return {
        "id": post.id,
        "title": post.title,
        "url": post_address(told.root(), post.id, post.slug),
        "published_at": told.moment(post.published_at),
        **{name: getattr(tally, name) for name in told.COUNTS},
    }
