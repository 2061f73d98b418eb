"""Comments: writing them, and what one can do with one."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from claps.acts import comments
from claps.acts.comments import Talk
from claps.acts.posts import COMMENTS_SHOWN
from claps.plain.errors import ClapsError, Invalid, SignInFirst
from claps.plain.people import Person
from claps.plain.posts import Comment, Post
from claps.plain.rates import WORDS
from claps.web import answers, identity
from claps.web.forms import page_key, sent, whole_number
from claps.web.lists import by_part
from claps.web.rates import at_most
from claps.web.shelf import kept, shelf
from claps.web.site import site

bp = Blueprint("comments", __name__)


@bp.post("/posts/<int:post_id>/comments")
@at_most(WORDS)
def comment(post_id: int) -> Response:
    """Write a comment (``body``), in answer to another one (``parent``); for people with an account."""
    try:
        return _comment(post_id)
    except ClapsError as error:
        if not answers.is_htmx():
            raise
        # Where it was typed, and not in the middle of the page.
        values = {"said_text": error.message, "sign_in": isinstance(error, SignInFirst)}
        page = render_template("comments/_refused.html", post_id=post_id, **values)
        return make_response(page, answers.status_of(error))


def _comment(post_id: int) -> Response:
    post, person, fields = site().library.get_post(post_id), _somebody(), sent()
    parent_id = whole_number(fields, "parent", default=0) or None
    try:
        added = comments.comment(_talk(), person, post, body=fields.get("body", ""), parent_id=parent_id)
    except Invalid as error:
        if parent_id is None or answers.is_htmx() or answers.wants_json():
            raise
        return _page(person, comments.find_comment(site().database, parent_id), error=error.message, at="answer")
    _forget(post_id)
    if answers.is_htmx():
        values = {"comment": added, "said_text": "Your comment is published."}
        return make_response(render_template("comments/_published.html", post_id=post_id, **values))
    if answers.wants_json():
        return answers.data(comments.comment_event(added.id, added, "written"))
    return answers.see_other(f"/posts/{post_id}?c=c{added.id}#comment-{added.id}")


@bp.get("/posts/<int:post_id>/comments")
@kept(lambda post_id: (f"post:{post_id}",), key=by_part)
def later(post_id: int) -> Response:
    """What was said behind a comment (``after``), for posts with more comments than one page has."""
    library = site().library
    post, found = library.get_post(post_id), library.later_talk(post_id, page_key("after") or 0)
    later_url = later_comments_url(post_id, found)
    shown = [comment for comment in found if not comment.is_removed]
    return answers.page("comments/later.html", post=post, comments=shown, later_url=later_url)


def later_comments_url(post_id: int, found: list[Comment]) -> str | None:
    """Where the next comments are; None when these are the last."""
    return f"/posts/{post_id}/comments?after={found[-1].id}" if len(found) >= COMMENTS_SHOWN else None


@bp.post("/posts/<int:post_id>/comments/close")
def close(post_id: int) -> Response:
    """Close the comments under one's own post, or open them again (``undo=1``)."""
    post, person = site().library.get_post(post_id), _somebody()
    closed = sent().get("undo", "0") in ("", "0")
    comments.close_comments(site().database, person, post, closed=closed)
    _forget(post_id)
    return answers.see_other(f"/posts/{post_id}?c={'closed' if closed else 'open'}#comments")


@bp.get("/comments/<int:comment_id>")
def one(comment_id: int) -> Response:
    """One comment, with what this reader can do with it."""
    return _page(identity.find_person(), comments.find_comment(site().database, comment_id))


@bp.post("/comments/<int:comment_id>/edit")
def edit(comment_id: int) -> Response:
    """Change one's own comment (``body``)."""
    found, person = comments.find_comment(site().database, comment_id), _somebody()
    body = sent().get("body", "")
    try:
        comments.edit_comment(_talk(), person, found, body=body)
    except Invalid as error:
        if answers.wants_json():
            raise
        return _page(person, found, error=error.message, at="edit", body=body)
    return _back(found, "edited")


@bp.post("/comments/<int:comment_id>/remove")
def remove(comment_id: int) -> Response:
    """Take a comment away, or put back what one has taken away (``undo=1``)."""
    found, person = comments.find_comment(site().database, comment_id), _somebody()
    if sent().get("undo", "0") in ("", "0"):
        comments.remove_comment(_talk(), person, site().library.get_post(found.post_id), found)
        return _back(found, "removed")
    comments.restore_comment(_talk(), person, found)
    return _back(found, "restored")


@bp.post("/comments/<int:comment_id>/like")
def like(comment_id: int) -> Response:
    """Like a comment, or take that back (``undo=1``)."""
    found = comments.find_comment(site().database, comment_id)
    liked = sent().get("undo", "0") in ("", "0")
    comments.like_comment(_talk(), identity.some_reader(), found, liked=liked)
    return _back(found, "liked" if liked else "unliked")


_SAID = {
    "edited": "Saved.", "removed": "Taken away. You can put it back.", "restored": "It is back.",
    "liked": "You like this.", "unliked": "Your like is taken back.",
}


def _back(found: Comment, said: str) -> Response:
    _forget(found.post_id)
    if answers.wants_json():
        now = comments.find_comment(site().database, found.id)
        return answers.data(comments.comment_event(now.id, now, said))
    return answers.see_other(f"/comments/{found.id}?c={said}")


def _page(
    person: Person | None, found: Comment, *, error: str | None = None, at: str = "", body: str = ""
) -> Response:
    post: Post = site().library.get_post(found.post_id)
    reader = identity.find_reader()
    is_own = person is not None and person.id == found.person.id
    markdown_text, earlier_text = comments.get_markdown(site().database, found) if is_own else ("", "")
    page = answers.private_page(
        "comments/comment.html", me=person, post=post, found=found,
        markdown_text=markdown_text, earlier_text=earlier_text,
        liked=reader is not None and comments.does_like(site().database, reader, found),
        said_text=_SAID.get(request.args.get("c", ""), ""), error=error, at=at,
        body=body or request.form.get("body", ""),
    )
    return make_response(page, 422 if error else 200)


def _talk() -> Talk:
    parts = site()
    return Talk(parts.database, parts.ledger, parts.publish, parts.errands)


def _somebody() -> Person:
    person = identity.find_person()
    if person is None:
        raise SignInFirst(
            "Comments carry a name. What you have written stays here, or comes back with your browser’s Back button."
        )
    return person


def _forget(post_id: int) -> None:
    shelf().changed(f"post:{post_id}")
