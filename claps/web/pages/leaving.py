"""Deleting one's account."""

from __future__ import annotations

from flask import Blueprint, make_response, request
from werkzeug.wrappers import Response

from claps.acts import leaving
from claps.plain.errors import Invalid, SignInFirst
from claps.web import answers, identity
from claps.web.shelf import kept, shelf
from claps.web.site import site

bp = Blueprint("leaving", __name__)


@bp.get("/settings/leave")
def page() -> Response:
    """What happens, and the form."""
    me = identity.find_person()
    if me is None:
        return answers.see_other("/login?next=/settings/leave")
    return answers.private_page("settings/leave.html", me=me, errors={})


@bp.post("/settings/leave")
def leave() -> Response:
    """Delete the account (``password``)."""
    parts, me = site(), identity.find_person()
    if me is None:
        if not identity.was_somebody():
            raise SignInFirst("Only who is signed in can leave.")
        identity.sign_out()
        return answers.see_other("/left")  # the form was sent twice
    try:
        leaving.leave(parts.database, parts.errands, parts.publish, me, password=request.form.get("password", ""))
    except Invalid as error:
        if answers.wants_json():
            raise
        errors = {error.field: error.message}
        return make_response(answers.private_page("settings/leave.html", me=me, errors=errors), 422)
    parts.departed.note(me.id)
    shelf().changed(f"@{me.name}", "posts")
    identity.sign_out()
    return answers.see_other("/left")


@bp.get("/left")
@kept(lambda: ("left",))
def left() -> Response:
    """What one who has left is told."""
    return answers.page("settings/left.html")
