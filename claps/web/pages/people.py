"""A person's page, who follows them, and whom they follow."""

from __future__ import annotations

import secrets

from flask import Blueprint, Response, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from claps.acts import follows
from claps.acts.feeds import feed_channel
from claps.plain.errors import SignInFirst
from claps.plain.people import Circle, Person, Tie
from claps.web import answers, identity
from claps.web.forms import page_key, sent, undoes
from claps.web.lists import before_id, by_part, older_url, watch_part
from claps.web.pages.notifications import me_html
from claps.web.shelf import kept, shelf
from claps.web.site import site

bp = Blueprint("people", __name__)


@bp.get("/@<name>")
@kept(lambda name: (f"@{name.lower()}", "posts"), key=by_part)
def person(name: str) -> Response:
    """Who somebody is, and what they have published; after a plain form (``?c=``) for who looks alone."""
    library = site().library
    if "c" in request.args:
        # Who has just changed something looks for it; the process that took it may be another one.
        library.doubt_person(name)
    profile = library.get_profile(name)
    before = before_id()
    part = library.lines_of(profile.person, before)
    values = {
        "profile": profile, "person": profile.person, "part": part, "older_url": older_url(part),
        "live_url": watch_part(part), "is_first": before is None,
    }
    if "c" not in request.args:
        return answers.page("people/person.html", tie=None, **values)
    me = identity.find_person()
    tie = follows.find_tie(site().database, profile.person, me)
    return answers.private_page("people/person.html", me=me, tie=tie, **values)


@bp.get("/@<name>/hand")
def hand(name: str) -> Response:
    """How who looks stands to this person: fetched by the page itself, which is the same for everybody."""
    parts = site()
    tie = follows.find_tie(parts.database, parts.library.get_person(name), identity.find_person())
    response = make_response(render_template("people/_hand.html", tie=tie) + me_html())
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.post("/@<name>/follow")
def follow(name: str) -> AnyResponse:
    """Follow a person, or follow them no more (``undo=1``)."""
    parts, me = site(), identity.find_person()
    writer = parts.library.get_person(name)
    if me is None:
        raise SignInFirst("To follow somebody you need an account.")
    following = not undoes(sent())
    act = follows.follow if following else follows.unfollow
    followers = act(parts.database, me, writer)
    parts.errands.stir()
    shelf().changed(f"@{writer.name}", f"@{me.name}", feed_channel(me.id))
    return _answer(Tie(writer, signed_in=True, following=following), followers)


def _answer(tie: Tie, followers: int) -> AnyResponse:
    shown = tie.person.display_name
    said = f"You follow {shown}." if tie.following else f"You do not follow {shown} any more."
    if answers.is_htmx():
        return make_response(render_template("people/_followed.html", tie=tie, followers=followers, said_text=said))
    if answers.wants_json():
        return answers.data({"following": tie.following, "followers": followers})
    if answers.is_framed():
        return answers.said(said)
    return answers.see_other(f"/@{tie.person.name}?c={followers}f{secrets.token_hex(2)}#follow")


@bp.get("/@<name>/followers")
@kept(lambda name: (f"@{name.lower()}",), key=by_part)
def followers(name: str) -> Response:
    """Who follows a person; a page behind ``after``."""
    found = site().library.get_person(name)
    circle = follows.followers_of(site().database, found, after_id=page_key("after") or 0)
    return _circle(found, circle, "Followers", f"Nobody follows {found.display_name} yet.")


@bp.get("/@<name>/following")
@kept(lambda name: (f"@{name.lower()}",), key=by_part)
def following(name: str) -> Response:
    """Whom a person follows; a page behind ``after``."""
    found = site().library.get_person(name)
    circle = follows.followed_by(site().database, found, after_id=page_key("after") or 0)
    return _circle(found, circle, "Following", f"{found.display_name} follows nobody yet.")


def _circle(found: Person, circle: Circle, title_text: str, none_text: str) -> Response:
    values = {"person": found, "circle": circle, "title_text": title_text, "none_text": none_text}
    return answers.page("people/circle.html", **values)
