"""Drafts for programs: begun, saved, thrown away, put back and published."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from claps.acts import publishing, writing
from claps.acts.writing import Sheet
from claps.plain.errors import ClapsError, Invalid, NotFound
from claps.plain.limits import ARTICLE_BYTES
from claps.plain.people import Person
from claps.plain.rates import API_POSTS
from claps.plain.writing import Draft, Seen, Writing, clean, new_key
from claps.web.api import asked, told
from claps.web.api.described import describe
from claps.web.api.errors import answer_problem
from claps.web.api.once import once
from claps.web.api.paper_schemas import DraftBody, DraftSchema
from claps.web.api.schemas import SourceSchema, read_body
from claps.web.bearer import cover
from claps.web.pages.write import press
from claps.web.rates import at_most
from claps.web.site import site

bp = Blueprint("api-drafts", __name__, url_prefix="/api/v1/drafts")
bp.register_error_handler(ClapsError, answer_problem)
bp.before_request(asked.check_utf8)
cover(bp, "post")


@bp.get("")
@describe(gives=DraftSchema, lists=True)
def all_drafts() -> Response:
    """One's drafts, all of them, saved last first; of each the beginning of its text."""
    return told.answer([draft_fields(draft) for draft in _papers().drafts])


@bp.get("/thrown")
@describe(gives=DraftSchema, lists=True)
def thrown() -> Response:
    """Drafts that one has thrown away and may put back."""
    return told.answer([draft_fields(draft) for draft in _papers().thrown])


@bp.post("")
@describe(gives=DraftSchema, takes=DraftBody, status=201)
@at_most(API_POSTS)
@once
def begin() -> Response:
    """Begin a draft of something new."""
    key = new_key()
    me = _save(key)
    return told.answer(_fields_of(_sheet(me, key)), status=201, location=f"{told.root()}{bp.url_prefix}/{key}")


@bp.get("/<key>")
@describe(gives=DraftSchema)
def show(key: str) -> Response:
    """One draft with its text; ``post-12`` is what one would change of post 12, also before a draft was saved."""
    return told.answer(_fields_of(_sheet(told.some_person(), key)))


@bp.put("/<key>")
@describe(gives=DraftSchema, takes=DraftBody)
def save(key: str) -> Response:
    """Save a draft as it is now, over the version that the body names."""
    me = _save(key)
    return told.answer(_fields_of(_sheet(me, key)))


@bp.delete("/<key>")
@describe(status=204)
def throw_away(key: str) -> Response:
    """Throw a draft away; for thirty days it can be put back."""
    writing.discard_draft(site().database, told.some_person(), key)
    return told.nothing()


@bp.post("/<key>/restore")
@describe(gives=DraftSchema)
@once
def put_back(key: str) -> Response:
    """Put back a draft that was thrown away."""
    me = told.some_person()
    writing.put_back_draft(site().database, me, key)
    return told.answer(_fields_of(_sheet(me, key)))


@bp.post("/<key>/publish")
@describe(gives=SourceSchema, status=201)
@at_most(API_POSTS)
@once
def publish(key: str) -> Response:
    """Publish a draft as it was saved: as a new article, or as a change to its post."""
    me = told.some_person()
    sheet = _sheet(me, key)
    piece = publishing.publish(press(), me, key, clean(sheet.writing), seen=sheet.seen)
    return told.answer(told.source_fields(piece), status=201, location=f"{told.root()}/api/v1/posts/{piece.id}")


def draft_fields(draft: Draft) -> dict[str, Any]:
    """A draft as programs are told of it."""
    return _fields(draft.key, draft.post_id, draft.writing, draft.seen) | {"saved_at": told.moment(draft.saved_at)}


def _fields_of(sheet: Sheet) -> dict[str, Any]:
    if sheet.draft is not None:
        return draft_fields(sheet.draft)
    post_id = None if sheet.piece is None else sheet.piece.id
    return _fields(sheet.key, post_id, sheet.writing, sheet.seen) | {"saved_at": None}


def _fields(key: str, post_id: int | None, text: Writing, seen: Seen) -> dict[str, Any]:
    return {
        "key": key, "post": post_id, "title": text.title, "slug": text.slug, "tags": text.tags,
        "markdown": text.body, "revision": seen.revision, "version": seen.version,
    }


def _sheet(me: Person, key: str) -> Sheet:
    sheet = writing.open_sheet(site().database, me, key)
    if sheet.draft is None and sheet.piece is None:
        raise NotFound("There is no such draft.")
    return sheet


def _save(key: str) -> Person:
    me, body = told.some_person(), read_body(DraftBody, most_bytes=ARTICLE_BYTES)
    text = clean(Writing(body["title"], body["slug"], body["tags"], body["markdown"]))
    if text.is_blank:
        raise Invalid("markdown", "There is nothing in this to keep. A draft is thrown away with DELETE.")
    # Each time it is another page that saves: over the version that it has seen, or it is told of a conflict.
    seen = Seen(body["revision"], body["version"])
    writing.save_draft(site().database, me, key, text, seen=seen, tab=f"api-{new_key()}")
    return me


def _papers() -> writing.Papers:
    return writing.papers_of(site().database, told.some_person())
