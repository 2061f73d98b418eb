"""Bookmarks: what a person keeps for later, and nobody else sees."""

from __future__ import annotations

import secrets

from flask import Blueprint, make_response, render_template
from werkzeug.wrappers import Response

from claps.acts import bookmarks
from claps.plain.errors import SignInFirst
from claps.plain.tallies import Hand
from claps.web import answers, identity
from claps.web.forms import sent, undoes
from claps.web.lists import before_id, older_url, watch_part
from claps.web.site import site

bp = Blueprint("bookmarks", __name__)


@bp.get("/bookmarks")
def page() -> Response:
    """What one keeps; a page below ``before``."""
    me = identity.find_person()
    if me is None:
        return answers.see_other("/login?next=/bookmarks")
    part = site().library.kept_by(me, before_id())
    values = {"part": part, "older_url": older_url(part), "live_url": watch_part(part)}
    return answers.private_page("bookmarks/bookmarks.html", me=me, **values)


@bp.post("/posts/<int:post_id>/bookmark")
def keep(post_id: int) -> Response:
    """Keep a post for later, or no more (``undo=1``)."""
    parts, person = site(), identity.find_person()
    if person is None:
        raise SignInFirst("What you keep belongs to your account.")
    kept = not undoes(sent())
    if kept:
        bookmarks.keep(parts.database, person, parts.library.get_post(post_id))
    else:
        bookmarks.let_go(parts.database, person, post_id)
    return _answer(Hand(post_id, 0, kept=kept))


def _answer(hand: Hand) -> Response:
    said = "Kept in your bookmarks." if hand.kept else "Taken out of your bookmarks."
    if answers.is_htmx():
        return make_response(render_template("posts/_kept.html", hand=hand, said_text=said))
    if answers.wants_json():
        return answers.data({"kept": hand.kept})
    if answers.is_framed():
        return answers.said(said)
    return answers.see_other(f"/posts/{hand.post_id}?c=b{secrets.token_hex(3)}#bookmark")
