"""A post's page."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request

from claps.plain.errors import Unavailable
from claps.plain.posts import Post, make_threads
from claps.plain.tallies import Hand
from claps.plain.topics import comments_topic, post_topic
from claps.plain.versions import Version
from claps.web import answers, identity
from claps.web.fragments import live_url
from claps.web.pages.comments import later_comments_url
from claps.web.pages.notifications import me_html
from claps.web.shelf import kept
from claps.web.site import site
from claps.web.viewers import counting_page

bp = Blueprint("posts", __name__)
BEGINNING = Version("0", 0)


@bp.get("/posts/<int:post_id>")
@bp.get("/posts/<int:post_id>/<slug>")
@counting_page
@kept(lambda post_id, slug="": (f"post:{post_id}",))
def post(post_id: int, slug: str = "") -> Response:
    """A post; after a plain form (``?c=``) with what the reader gave, which makes it private."""
    library = site().library
    if "c" in request.args:
        # Who has just written looks for it; the process that took it may be another one.
        library.doubt_post(post_id)
        library.doubt_comments(post_id)
    found = library.get_counted(post_id)
    if found.site_id is not None:
        # It is read where it is: what lists and news here say of it leads there.
        return answers.elsewhere(found.summary_text)
    if slug and slug != found.slug:
        return _moved(found)
    try:
        version, comments = library.talk_of(post_id)
    except Unavailable:
        # The text is worth more than what was said about it; the comments come by the live part when they can.
        version, comments = BEGINNING, []
    values = {
        "post": found,
        "tally": library.tally_of(found),
        "threads": make_threads(comments),
        "later_url": later_comments_url(post_id, comments),
        # Of the comments, those that are on the page were seen; of the counts, none: they may be a minute old.
        "live_url": live_url([(post_topic(post_id), ""), (comments_topic(post_id), str(version))]),
    }
    if "c" not in request.args:
        response = answers.page("posts/post.html", hand=None, said_text=None, **values)
        # Beside the page and not in it, where every byte is a reader's.
        response.headers["Link"] = f'</oembed?url=/posts/{post_id}>; rel="alternate"; type="application/json+oembed"'
        return response
    hand, me = library.hand_of(found, identity.find_reader()), identity.find_person()
    return answers.private_page("posts/post.html", hand=hand, me=me, said_text=say(hand, given=0), **values)


@bp.get("/posts/<int:post_id>/hand")
def hand(post_id: int) -> Response:
    """What this reader gave: fetched by the page itself, which is the same for everybody."""
    library = site().library
    found = library.get_post(post_id)
    given = library.hand_of(found, identity.find_reader())
    own = me_html()
    if own and not found.closed:
        own += render_template("comments/_signed_in.html")
    response = make_response(hand_html(found, given, said_text="") + marks_html(given) + own)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _moved(found: Post) -> Response:
    address = f"/posts/{found.id}/{found.slug}" if found.slug else f"/posts/{found.id}"
    query = request.query_string.decode()
    response = redirect(f"{address}?{query}" if query else address, 301)
    # Browsers would keep it for ever; a writer who takes an old address again must not lead them round in a circle.
    response.headers["Cache-Control"] = "no-cache"
    return response  # type: ignore[return-value]


def hand_html(found: Post, hand: Hand, *, said_text: str) -> str:
    """The partials that only the reader who acts gets."""
    # Not by render_template(), which would add the request and the session, and take half as long again.
    return current_app.jinja_env.get_template("posts/_hand.html").render(hand=hand, said_text=said_text)


def marks_html(hand: Hand) -> str:
    """The insides of the buttons that say whether this reader likes and keeps a post."""
    templates = [current_app.jinja_env.get_template(f"posts/_{name}.html") for name in ("liked", "kept")]
    return "".join(template.render(hand=hand, said_text="") for template in templates)


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
