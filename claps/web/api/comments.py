"""Comments for programs."""

from __future__ import annotations

from flask import Blueprint, Response

from claps.acts import comments, likes
from claps.acts.comments import Talk
from claps.plain.errors import ClapsError, NotFound
from claps.plain.people import Reader
from claps.plain.posts import Comment
from claps.plain.rates import API_POSTS
from claps.web.api import asked, told
from claps.web.api.described import AFTER, describe
from claps.web.api.errors import answer_problem
from claps.web.api.once import once
from claps.web.api.schemas import CommentBody, CommentSchema, EditBody, PersonSchema, read_body
from claps.web.bearer import needs
from claps.web.rates import at_most
from claps.web.shelf import shelf
from claps.web.site import site

COMMENTS_PER_PAGE = 100

bp = Blueprint("api-comments", __name__, url_prefix="/api/v1")
bp.register_error_handler(ClapsError, answer_problem)
bp.before_request(asked.check_utf8)


@bp.get("/posts/<int:post_id>/comments")
@needs("read")
@describe(gives=CommentSchema, lists=True, query=AFTER, everybody=True)
def of_post(post_id: int) -> Response:
    """The comments under a post, oldest first, page by page; one that was taken away is left out."""
    site().library.get_post(post_id)
    found = comments.comments_of(site().database, post_id, after_id=asked.after_id(), limit=COMMENTS_PER_PAGE + 1)
    shown = found[:COMMENTS_PER_PAGE]
    query = f"after={shown[-1].id}" if len(found) > COMMENTS_PER_PAGE else None
    return told.answer([told.comment_fields(one) for one in shown if not one.is_removed], next_query=query)


@bp.put("/posts/<int:post_id>/comments/closed")
@needs("post")
@describe(status=204)
def close(post_id: int) -> Response:
    """Close the comments under a post of one's own."""
    return _close(post_id, closed=True)


@bp.delete("/posts/<int:post_id>/comments/closed")
@needs("post")
@describe(status=204)
def reopen(post_id: int) -> Response:
    """Open the comments under a post of one's own again."""
    return _close(post_id, closed=False)


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


@bp.post("/comments/<int:comment_id>/restore")
@needs("post")
@describe(gives=CommentSchema)
@once
def restore(comment_id: int) -> Response:
    """Put back a comment that one has taken away oneself."""
    me, found = told.some_person(), comments.find_comment(site().database, asked.possible_id(comment_id))
    site().library.get_post(found.post_id)
    comments.restore_comment(_talk(), me, found)
    return _changed(found)


@bp.get("/comments/<int:comment_id>/likes")
@needs("read")
@describe(gives=PersonSchema, lists=True, query=AFTER, everybody=True)
def likers(comment_id: int) -> Response:
    """Which people like a comment; guests who do have no name, and are in its count of likes."""
    circle = likes.likers_of_comment(site().database, _shown(comment_id), after_id=asked.after_id()).circle
    return told.people(circle.people, circle.next_after)


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


def _close(post_id: int, *, closed: bool) -> Response:
    me, post = told.some_person(), site().library.get_post(post_id)
    comments.close_comments(site().database, me, post, closed=closed)
    shelf().changed(f"post:{post_id}")
    return told.nothing()


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
