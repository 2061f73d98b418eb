"""Clapping, by every road of HTTP."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, Response, current_app, make_response
from werkzeug.wrappers import Response as AnyResponse

from claps.acts import claps
from claps.plain.posts import Post
from claps.plain.rates import CLAPS
from claps.plain.tallies import Clapped, Hand
from claps.web import answers, identity
from claps.web.forms import sent, undoes, whole_number
from claps.web.fragments import tally_html
from claps.web.pages.posts import hand_html, say
from claps.web.rates import check_change
from claps.web.site import site

bp = Blueprint("claps", __name__)


@bp.post("/posts/<int:post_id>/claps")
def clap(post_id: int) -> AnyResponse:
    """Give claps (``claps=1…50``, 1 when missing), or take them back (``undo=1``)."""
    parts = site()
    post, reader, fields = parts.library.get_post(post_id), identity.some_reader(), sent()
    check_change(CLAPS, reader)
    if undoes(fields):
        clapped = claps.take_back(parts.ledger, reader, post)
    else:
        times = whole_number(fields, "claps", default=1)
        clapped = claps.clap(parts.ledger, reader, post, times=times)
    return answer(post, clapped, back_url=f"/posts/{post_id}?")


def answer(post: Post, clapped: Clapped, *, back_url: str) -> AnyResponse:
    """Answer a clap in the words of whoever gave it.

    :param back_url: where a plain form leads back to, up to where something can be added to what it asks for.
    """
    tally, hand = site().calm.veil(clapped.tally), Hand(post.id, clapped.yours)
    if answers.is_htmx():
        numbers = tally_html(current_app.jinja_env, None, tally)
        return make_response(hand_html(post, hand, said_text=say(hand, given=clapped.given)) + numbers)
    if answers.wants_json():
        counted: dict[str, Any] = {"calm": True} if tally.is_calm else {"claps": tally.claps}
        return answers.data({**counted, "yours": clapped.yours, "version": str(tally.version)})
    if answers.is_framed():
        return _answer_in_frame(hand, given=clapped.given)
    # An address that was not there before: some text browsers show a page they have kept otherwise.
    mark = f"{tally.claps}" if clapped.given and not tally.is_calm else f"{tally.claps}-{secrets.token_hex(2)}"
    return answers.see_other(f"{back_url}c={mark}#claps")


def _answer_in_frame(hand: Hand, *, given: int) -> AnyResponse:
    # Into the page's small frame: nothing reloads, and the stream of live counts is not cut. Every document
    # in it but the first is one more step back for the reader, so most claps get none.
    if given < 0 or hand.all_given:
        return answers.said(say(hand, given=given))
    is_first = 0 < given == hand.yours
    return answers.said("Thank you.") if is_first else Response(status=204)
