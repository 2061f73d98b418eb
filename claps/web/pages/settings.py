"""What a person may change about themselves: one page of sections."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, make_response, request
from werkzeug.wrappers import Response

from claps.acts import people
from claps.plain.errors import Invalid, SignInFirst
from claps.plain.people import Person
from claps.web import answers, identity
from claps.web.shelf import shelf
from claps.web.site import site

bp = Blueprint("settings", __name__)


def _profile(me: Person) -> dict[str, Any]:
    return {"display_name": me.display_name, "bio": me.bio_text, "earlier": people.earlier_profile(site().database, me)}


def _calm(me: Person) -> dict[str, Any]:
    return {"is_calm": site().calm.is_for(me.id)}


def _leave(me: Person) -> dict[str, Any]:
    return {"leaves_at": me.leaves_at}


def _nothing(me: Person) -> dict[str, str]:
    return {}


# By name of the section, which is that of its template (settings/_profile.html) and of its place on the page: reads
# what the template gets as ``values``.
SECTIONS: dict[str, Callable[[Person], Mapping[str, Any]]] = {
    "profile": _profile, "calm": _calm, "programs": _nothing, "sites": _nothing, "password": _nothing,
    "export": _nothing, "leave": _leave,
}


_SAID = {
    "stay": "Your account stays as it is.",
    "out": "You are signed out everywhere else.",
    "password": "Your password is changed, and you are signed out everywhere else.",
}


@bp.get("/settings")
def page() -> Response:
    """All sections; after a form (``?c=``) it is said that it was saved."""
    me = identity.find_person()
    if me is None:
        return answers.see_other("/login?next=/settings")
    return render(me, said_text=_SAID.get(request.args.get("c", ""), "Saved.") if "c" in request.args else "")


@bp.post("/settings/profile")
def change_profile() -> Response:
    """Change the name to show and the bio."""
    me, form = some_person(), request.form
    given = {name: form.get(name, "") for name in ("display_name", "bio")}
    try:
        people.change_profile(site().database, me, **given)
    except Invalid as error:
        return answer_invalid(me, "profile", error, given)
    shelf().changed(f"@{me.name}", "posts")
    return saved("profile")


def some_person() -> Person:
    """Tell who is signed in.

    :raises SignInFirst: nobody is.
    """
    me = identity.find_person()
    if me is None:
        raise SignInFirst("These are the settings of an account.")
    return me


def saved(section: str) -> Response:
    """Send the browser back to the section that was saved."""
    return answers.see_other(f"/settings?c={secrets.token_hex(3)}#{section}")


def answer_invalid(me: Person, section: str, error: Invalid, given: Mapping[str, Any]) -> Response:
    """Show the page again, with what was typed into this section and what is wrong with it."""
    if answers.wants_json():
        raise error
    return make_response(render(me, section=section, given=given, errors={error.field: error.message}), 422)


def render(
    me: Person, *, section: str = "", given: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None, said_text: str = "",
) -> Response:
    """All sections as they are stored, one of them as it was just sent."""
    values = {name: given or {} if name == section else read(me) for name, read in SECTIONS.items()}
    return answers.private_page(
        "settings/settings.html", me=me, section=section, sections=values, errors=errors or {}, said_text=said_text
    )
