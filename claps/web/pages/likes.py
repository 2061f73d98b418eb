"""Liking, and who does."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template
from werkzeug.wrappers import Response as AnyResponse

from claps.acts import comments, likes
from claps.plain.errors import Refused
from claps.plain.posts import Post
from claps.plain.tallies import Clapped, Hand
from claps.web import answers, identity
from claps.web.forms import page_key, sent, undoes
from claps.web.fragments import tally_html
from claps.web.lists import by_part
from claps.web.shelf import kept
from claps.web.site import site

bp = Blueprint("likes", __name__)


@bp.post("/posts/<int:post_id>/like")
def like(post_id: int) -> AnyResponse:
    """Like a post, or take it back (``undo=1``)."""
    post, reader = site().library.get_post(post_id), identity.some_reader()
    act = likes.take_back if undoes(sent()) else likes.like
    return _answer(post, act(site().ledger, reader, post))


@bp.get("/posts/<int:post_id>/likes")
@kept(lambda post_id: (f"post:{post_id}",), key=by_part)
def likers(post_id: int) -> Response:
    """Who likes a post: people by name, guests by number; a page behind ``after``."""
    parts = site()
    post = parts.library.get_post(post_id)
    if parts.calm.hides(post.id):
        raise Refused("The writer keeps the numbers of this post to themselves, and with them who likes it.")
    found = likes.likers_of(parts.database, post, after_id=page_key("after") or 0)
    values = {
        "name_text": post.title or f"A note by {post.writer.display_name}",
        "of_url": f"/posts/{post.id}/{post.slug}" if post.slug else f"/posts/{post.id}",
    }
    return answers.page("posts/likes.html", circle=found.circle, guests=found.guests, **values)


@bp.get("/comments/<int:comment_id>/likes")
def likers_of_comment(comment_id: int) -> Response:
    """Who likes a comment; a page behind ``after``."""
    parts = site()
    comment = comments.find_comment(parts.database, comment_id)
    parts.library.get_post(comment.post_id)  # What is withdrawn is not shown, nor what belongs to it.
    found = likes.likers_of_comment(parts.database, comment, after_id=page_key("after") or 0)
    values = {"name_text": f"A comment by {comment.person.display_name}", "of_url": f"/comments/{comment.id}"}
    return answers.page("posts/likes.html", circle=found.circle, guests=found.guests, **values)


def _answer(post: Post, clapped: Clapped) -> AnyResponse:
    tally, hand = site().calm.veil(clapped.tally), Hand(post.id, 0, liked=clapped.yours > 0)
    said = "You like this." if hand.liked else "Taken back."
    if answers.is_htmx():
        numbers = tally_html(current_app.jinja_env, None, tally)
        return make_response(render_template("posts/_liked.html", hand=hand, said_text=said) + numbers)
    if answers.wants_json():
        counted: dict[str, Any] = {"calm": True} if tally.is_calm else {"likes": tally.likes}
        return answers.data({**counted, "liked": hand.liked, "version": str(tally.version)})
    if answers.is_framed():
        return answers.said(said)
    # An address that was not there before: some text browsers show a page they have kept otherwise.
    return answers.see_other(f"/posts/{post.id}?c={tally.likes}l{secrets.token_hex(2)}#like")
