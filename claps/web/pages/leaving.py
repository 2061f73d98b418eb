"""Deleting one's account."""

from __future__ import annotations

from flask import Blueprint, make_response, request
from werkzeug.wrappers import Response

from claps.acts import leaving
from claps.plain.errors import Invalid, SignInFirst
from claps.plain.limits import LEAVE_DAYS
from claps.plain.people import Person
from claps.web import answers, identity, rates
from claps.web.pages.settings import some_person
from claps.web.shelf import kept, shelf
from claps.web.site import site

bp = Blueprint("leaving", __name__)


@bp.get("/settings/leave")
def page() -> Response:
    """What happens, and the form."""
    me = identity.find_person()
    if me is None:
        return answers.see_other("/login?next=/settings/leave")
    return _form(me)


def _form(me: Person, errors: dict[str, str] | None = None) -> Response:
    return answers.private_page("settings/leave.html", me=me, errors=errors or {}, days=LEAVE_DAYS)


@bp.post("/settings/leave")
def leave() -> Response:
    """Delete the account in some days, or at once (``password``, ``now=1``)."""
    parts, me = site(), identity.find_person()
    if me is None:
        if not identity.was_somebody():
            raise SignInFirst("Only who is signed in can leave.")
        identity.sign_out()
        return answers.see_other("/left")  # the form was sent twice
    try:
        password = request.form.get("password", "")
        is_soon = request.form.get("now", "0") in ("", "0")
        with rates.showing_password(me.id):
            if is_soon:
                leaving.leave_soon(parts.database, me, password=password)
            else:
                leaving.leave(parts.database, parts.errands, parts.publish, me, password=password)
        if is_soon:
            identity.sign_out()
            return answers.see_other("/left/soon")
    except Invalid as error:
        if answers.wants_json():
            raise
        return make_response(_form(me, {error.field: error.message}), 422)
    parts.departed.note(me.id)
    shelf().changed(f"@{me.name}", "posts")
    identity.sign_out()
    return answers.see_other("/left")


@bp.post("/settings/stay")
def stay() -> Response:
    """Let the account stay after all."""
    me = some_person()
    leaving.stay(site().database, me)
    return answers.see_other("/settings?c=stay#leave")


@bp.get("/left/soon")
@kept(lambda: ("left",))
def leaving_soon() -> Response:
    """What one is told who leaves in some days."""
    return answers.page("settings/leaving.html", days=LEAVE_DAYS)


@bp.get("/left")
@kept(lambda: ("left",))
def left() -> Response:
    """What one who has left is told."""
    return answers.page("settings/left.html")
