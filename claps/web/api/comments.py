"""Comments for programs."""

from __future__ import annotations

from flask import Blueprint, Response

from claps.acts import comments
from claps.acts.comments import Talk
from claps.plain.errors import ClapsError, NotFound
from claps.plain.people import Reader
from claps.plain.posts import Comment
from claps.plain.rates import API_POSTS
from claps.web.api import asked, told
from claps.web.api.described import describe
from claps.web.api.errors import answer_problem
from claps.web.api.once import once
from claps.web.api.schemas import CommentBody, CommentSchema, EditBody, read_body
from claps.web.bearer import needs
from claps.web.rates import at_most
from claps.web.shelf import shelf
from claps.web.site import site

bp = Blueprint("api-comments", __name__, url_prefix="/api/v1")
bp.register_error_handler(ClapsError, answer_problem)
bp.before_request(asked.check_utf8)


@bp.get("/posts/<int:post_id>/comments")
@needs("read")
@describe(gives=CommentSchema, lists=True, everybody=True)
def of_post(post_id: int) -> Response:
    """The comments under a post, oldest first: the newest five hundred, all at once."""
    library = site().library
    library.get_post(post_id)
    _, found = library.talk_of(post_id)
    return told.answer([told.comment_fields(comment) for comment in found if not comment.is_removed])


@bp.post("/posts/<int:post_id>/comments")
@needs("post")
@describe(gives=CommentSchema, takes=CommentBody, status=201)
@at_most(API_POSTS)
@once
def write(post_id: int) -> Response:
    """Write a comment under a post, perhaps in answer to another one."""
    me, body = told.some_person(), read_body(CommentBody)
    post = site().library.get_post(post_id)
    added = comments.comment(_talk(), me, post, body=body["body"], parent_id=body["parent"])
    shelf().changed(f"post:{post_id}")
    address = f"{told.root()}/api/v1/comments/{added.id}"
    return told.answer(told.comment_fields(added), status=201, location=address)


@bp.get("/comments/<int:comment_id>")
@needs("read")
@describe(gives=CommentSchema, everybody=True)
def show(comment_id: int) -> Response:
    """One comment."""
    return told.answer(told.comment_fields(_shown(comment_id)))


@bp.patch("/comments/<int:comment_id>")
@needs("post")
@describe(gives=CommentSchema, takes=EditBody)
def edit(comment_id: int) -> Response:
    """Change a comment of one's own."""
    me, found = told.some_person(), _shown(comment_id)
    comments.edit_comment(_talk(), me, found, body=read_body(EditBody)["body"])
    return _changed(found)


@bp.delete("/comments/<int:comment_id>")
@needs("post")
@describe(status=204)
def remove(comment_id: int) -> Response:
    """Take away a comment of one's own, or one under one's own post."""
    me, found = told.some_person(), _shown(comment_id)
    comments.remove_comment(_talk(), me, site().library.get_post(found.post_id), found)
    shelf().changed(f"post:{found.post_id}")
    return told.nothing()


@bp.put("/comments/<int:comment_id>/like")
@needs("clap")
@describe(gives=CommentSchema)
def like(comment_id: int) -> Response:
    """Like a comment."""
    return _like(comment_id, liked=True)


@bp.delete("/comments/<int:comment_id>/like")
@needs("clap")
@describe(gives=CommentSchema)
def unlike(comment_id: int) -> Response:
    """Like a comment no more."""
    return _like(comment_id, liked=False)


def _like(comment_id: int, *, liked: bool) -> Response:
    me, found = told.some_person(), _shown(comment_id)
    comments.like_comment(_talk(), Reader(me.id), found, liked=liked)
    return _changed(found)


def _changed(found: Comment) -> Response:
    shelf().changed(f"post:{found.post_id}")
    return told.answer(told.comment_fields(comments.find_comment(site().database, found.id)))


def _shown(comment_id: int) -> Comment:
    found = comments.find_comment(site().database, asked.possible_id(comment_id))
    site().library.get_post(found.post_id)
    if found.is_removed:
        raise NotFound("This comment was taken away.")
    return found


def _talk() -> Talk:
    parts = site()
    return Talk(parts.database, parts.ledger, parts.publish, parts.errands)
