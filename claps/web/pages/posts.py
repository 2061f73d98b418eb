"""A post's page."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request

from claps.plain.posts import Post
from claps.plain.tallies import Hand
from claps.plain.topics import post_topic
from claps.web import answers, identity
from claps.web.fragments import watch_url
from claps.web.shelf import kept
from claps.web.site import site

bp = Blueprint("posts", __name__)


@bp.get("/posts/<int:post_id>")
@bp.get("/posts/<int:post_id>/<slug>")
@kept(lambda post_id, slug="": (f"post:{post_id}",))
def post(post_id: int, slug: str = "") -> Response:
    """A post; after a plain form (``?c=``) with what the reader gave, which makes it private."""
    library = site().library
    found = library.get_post(post_id)
    if "c" in request.args:
        # Who has just written a comment looks for it; the process that took it may be another one.
        library.doubt_comments(post_id)
    values = {
        "post": found,
        "tally": library.tally_of(found),
        "comments": library.comments_of(post_id),
        "live_url": watch_url([post_topic(post_id)]),
    }
    if "c" not in request.args:
        return answers.page("posts/post.html", hand=None, said_text=None, **values)
    hand = library.hand_of(found, identity.find_reader())
    return answers.private_page("posts/post.html", hand=hand, said_text=say(hand, given=0), **values)


@bp.get("/posts/<int:post_id>/hand")
def hand(post_id: int) -> Response:
    """What this reader gave: fetched by the page itself, which is the same for everybody."""
    library = site().library
    found = library.get_post(post_id)
    response = make_response(hand_html(found, library.hand_of(found, identity.find_reader()), said_text=""))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def hand_html(found: Post, hand: Hand, *, said_text: str) -> str:
    """The partials that only the reader who acts gets."""
    return render_template("posts/_hand.html", hand=hand, said_text=said_text)


def say(hand: Hand, *, given: int) -> str:
    """One sentence on where the reader stands with a post."""
    if hand.own_post:
        return ""
    if hand.all_given:
        return f"You have given all {hand.yours}."
    if given < 0:
        return "Taken back."
    if not hand.yours:
        return ""
    return f"Thank you: {hand.yours} from you, {hand.left} left."
