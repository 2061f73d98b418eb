"""One post's figures, for whoever has the link that its writer has given away."""

from __future__ import annotations

from flask import Blueprint, current_app
from werkzeug.wrappers import Response

from claps.acts.shares import number_of, shared_post_id
from claps.plain.cards import cards_of, rates_of
from claps.plain.errors import Refused
from claps.plain.figure_sheets import times_sheet
from claps.web import answers, identity
from claps.web.figures import said_period
from claps.web.shelf import kept
from claps.web.site import site

bp = Blueprint("shared", __name__)
# What readers can see as well, and the views. Who clapped, bursts and where readers came from stay with the writer.
PUBLIC = ("views", "claps", "people", "likes", "comments")


@bp.get("/shared/<token>")
@kept(lambda token: (f"share:{number_of(token)}",))
def shared(token: str) -> Response:
    """A post's figures of the last 30 days, and in all.

    :raises Refused: who looks has put numbers away, and there is nothing else here.
    """
    parts = site()
    if identity.sees_no_numbers():
        raise Refused("Calm mode is on, so numbers are put away. In the settings you can take them out again.")
    post = parts.library.get_counted(shared_post_id(parts.database, token, str(current_app.config["SECRET_KEY"])))
    period = said_period("30d")
    overview = parts.overviews.of_post(post, period.span)
    response = answers.page(
        "shared/post.html", post=post, name_text=post.title or post.summary_text, period=period,
        tally=parts.library.tallies_of([post])[post.id],
        cards=cards_of(overview, than=period.before_text, names=PUBLIC), rates=rates_of(overview.total),
        times=times_sheet(overview.points, PUBLIC),
    )
    # Kept here, and by nobody else: an end to the link is an end at once.
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
