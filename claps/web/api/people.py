"""People for programs: who they are, what they publish, and following them."""

from __future__ import annotations

from flask import Blueprint, Response

from claps.acts import follows
from claps.acts.feeds import feed_channel
from claps.plain.errors import ClapsError
from claps.plain.people import Circle, Person
from claps.web.api import asked, told
from claps.web.api.described import AFTER, BEFORE, describe
from claps.web.api.errors import answer_problem
from claps.web.api.schemas import PersonSchema, PostSchema, ProfileSchema, TieSchema
from claps.web.bearer import needs
from claps.web.lists import before_id
from claps.web.shelf import shelf
from claps.web.site import site

bp = Blueprint("api-people", __name__, url_prefix="/api/v1/people/<name>")
bp.register_error_handler(ClapsError, answer_problem)
bp.before_request(asked.check_utf8)


@bp.get("")
@needs("read")
@describe(gives=ProfileSchema, everybody=True)
def show(name: str) -> Response:
    """Who somebody is."""
    return told.answer(told.profile_fields(site().library.get_profile(name)))


@bp.get("/posts")
@needs("read")
@describe(gives=PostSchema, lists=True, query=BEFORE, everybody=True)
def posts(name: str) -> Response:
    """What somebody has published, newest first."""
    library = site().library
    return told.posts(library.lines_of(library.get_person(name), before_id()))


@bp.get("/followers")
@needs("read")
@describe(gives=PersonSchema, lists=True, query=AFTER, everybody=True)
def followers(name: str) -> Response:
    """Who follows somebody."""
    return _circle(follows.followers_of(site().database, site().library.get_person(name), after_id=asked.after_id()))


@bp.get("/following")
@needs("read")
@describe(gives=PersonSchema, lists=True, query=AFTER, everybody=True)
def following(name: str) -> Response:
    """Whom somebody follows."""
    return _circle(follows.followed_by(site().database, site().library.get_person(name), after_id=asked.after_id()))


@bp.get("/follow")
@needs("read")
@describe(gives=TieSchema)
def tie(name: str) -> Response:
    """Whether one follows somebody."""
    me, profile = told.some_person(), site().library.get_profile(name)
    found = follows.find_tie(site().database, profile.person, me)
    return told.answer({"following": found.following, "followers": profile.followers})


@bp.put("/follow")
@needs("follow")
@describe(gives=TieSchema)
def follow(name: str) -> Response:
    """Follow somebody."""
    me, person = told.some_person(), site().library.get_person(name)
    return _followed(me, person, follows.follow(site().database, me, person), following=True)


@bp.delete("/follow")
@needs("follow")
@describe(gives=TieSchema)
def unfollow(name: str) -> Response:
    """Follow somebody no more."""
    me, person = told.some_person(), site().library.get_person(name)
    return _followed(me, person, follows.unfollow(site().database, me, person), following=False)


def _followed(me: Person, person: Person, count: int, *, following: bool) -> Response:
    site().errands.stir()
    shelf().changed(f"@{person.name}", f"@{me.name}", feed_channel(me.id))
    return told.answer({"following": following, "followers": count})


def _circle(circle: Circle) -> Response:
    return told.people(circle.people, circle.next_after)
