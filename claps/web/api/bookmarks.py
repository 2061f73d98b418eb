"""What one keeps for later, for programs."""

from __future__ import annotations

from flask import Blueprint, Response

from claps.acts import bookmarks
from claps.plain.errors import ClapsError
from claps.web.api import asked, told
from claps.web.api.described import BEFORE, describe
from claps.web.api.errors import answer_problem
from claps.web.api.schemas import PostSchema
from claps.web.bearer import needs
from claps.web.lists import before_id
from claps.web.site import site

bp = Blueprint("api-bookmarks", __name__, url_prefix="/api/v1")
bp.register_error_handler(ClapsError, answer_problem)


@bp.get("/bookmarks")
@needs("read")
@describe(gives=PostSchema, lists=True, query=BEFORE)
def mine() -> Response:
    """What one keeps for later and nobody else sees, newest post first."""
    return told.posts(site().library.kept_by(told.some_person(), before_id()))


@bp.put("/posts/<int:post_id>/bookmark")
@needs("clap")
@describe(status=204)
def keep(post_id: int) -> Response:
    """Keep a post for later."""
    bookmarks.keep(site().database, told.some_person(), site().library.get_post(post_id))
    return told.nothing()


@bp.delete("/posts/<int:post_id>/bookmark")
@needs("clap")
@describe(status=204)
def let_go(post_id: int) -> Response:
    """Keep a post no more."""
    bookmarks.let_go(site().database, told.some_person(), asked.possible_id(post_id))
    return told.nothing()
