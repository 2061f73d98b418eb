"""What posts said before, for programs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from claps.acts import publishing
from claps.plain.errors import ClapsError
from claps.plain.writing import Revision
from claps.web.api import asked, told
from claps.web.api.described import describe
from claps.web.api.errors import answer_problem
from claps.web.api.once import once
from claps.web.api.paper_schemas import FullRevisionSchema, RevisionSchema
from claps.web.api.schemas import SourceSchema
from claps.web.bearer import cover
from claps.web.pages.write import press
from claps.web.site import site

bp = Blueprint("api-revisions", __name__, url_prefix="/api/v1/posts/<int:post_id>/revisions")
bp.register_error_handler(ClapsError, answer_problem)
cover(bp, "post")


@bp.get("")
@describe(gives=RevisionSchema, lists=True)
def of_post(post_id: int) -> Response:
    """What a post of one's own said before, the newest fifty, newest first."""
    me, found = told.some_person(), asked.possible_id(post_id)
    _, old = publishing.revisions_of(site().database, me, found)
    return told.answer([_fields(revision) for revision in old])


@bp.get("/<int:number>")
@describe(gives=FullRevisionSchema)
def show(post_id: int, number: int) -> Response:
    """What a post of one's own said at one revision."""
    me, numbers = told.some_person(), (asked.possible_id(post_id), asked.possible_id(number))
    revision = publishing.get_revision(site().database, me, *numbers)
    return told.answer({**_fields(revision), "markdown": revision.body})


@bp.post("/<int:number>/restore")
@describe(gives=SourceSchema)
@once
def restore(post_id: int, number: int) -> Response:
    """Let a post of one's own say again what it said; what it says now becomes a revision."""
    me, numbers = told.some_person(), (asked.possible_id(post_id), asked.possible_id(number))
    return told.answer(told.source_fields(publishing.restore(press(), me, *numbers)))


def _fields(revision: Revision) -> dict[str, Any]:
    return {
        "number": revision.number, "title": revision.title, "slug": revision.slug, "tags": list(revision.tags),
        "at": told.moment(revision.at),
    }
