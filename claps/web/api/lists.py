"""What programs read page by page: one's feed, what is popular, what has a tag, and what a search finds."""

from __future__ import annotations

from flask import Blueprint, Response, request

from claps.acts import lists
from claps.acts.search import find
from claps.plain.errors import ClapsError
from claps.plain.limits import LINES_PER_PAGE, SEARCH_LENGTH
from claps.plain.popular import parse_rank
from claps.web.api import asked, told
from claps.web.api.described import BEFORE, describe
from claps.web.api.errors import answer_problem
from claps.web.api.schemas import FoundSchema, PostSchema
from claps.web.bearer import needs
from claps.web.lists import before_id
from claps.web.site import site

bp = Blueprint("api-lists", __name__, url_prefix="/api/v1")
bp.register_error_handler(ClapsError, answer_problem)
bp.before_request(asked.check_utf8)


@bp.get("/feed")
@needs("read")
@describe(gives=PostSchema, lists=True, query=BEFORE)
def feed() -> Response:
    """What those whom one follows have published, and oneself, newest first."""
    me, parts = told.some_person(), site()
    return told.posts(parts.library.part_of(parts.feeds.posts_of(me.id, before_id(), LINES_PER_PAGE + 1)))


@bp.get("/popular")
@needs("read")
@describe(
    gives=PostSchema, lists=True, query={"before": {"type": "string", "pattern": "^[0-9]{1,6}[.][0-9]{9}-[0-9]{1,9}$"}},
    everybody=True,
)
def popular() -> Response:
    """What many have liked lately, best first."""
    text = request.args.get("before")
    return told.posts(lists.popular(site().library, site().popularity, None if text is None else parse_rank(text)))


@bp.get("/tags/<word>/posts")
@needs("read")
@describe(gives=PostSchema, lists=True, query=BEFORE, everybody=True)
def tagged(word: str) -> Response:
    """The posts with a tag, newest first."""
    return told.posts(lists.tagged(site().library, word, before_id()).part)


@bp.get("/tags/<word>/top")
@needs("read")
@describe(gives=PostSchema, lists=True, everybody=True)
def top_tagged(word: str) -> Response:
    """The best of the newest five hundred posts with a tag, as many as fit on a page."""
    return told.posts(lists.top_tagged(site().library, word).part)


@bp.get("/search")
@needs("read")
@describe(
    gives=FoundSchema, query={"q": {"type": "string", "maxLength": SEARCH_LENGTH}}, everybody=True
)
def search() -> Response:
    """Posts with all words of ``q``, and people whose names begin with it."""
    found = find(site().database, site().library, request.args.get("q", "")[:SEARCH_LENGTH])
    return told.answer(
        {
            "posts": [told.post_fields(line) for line in found.lines],
            "people": [told.person_fields(person) for person in found.people],
        }
    )
