"""What programs may do in one's name, tokens of one's own, and the apps one has registered."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, make_response, request
from werkzeug.wrappers import Response

from claps.acts import apps, tokens
from claps.plain.errors import Conflict, Invalid
from claps.plain.limits import PERSONAL_TOKEN_DAYS
from claps.plain.people import Person
from claps.plain.permits import SCOPES
from claps.web import answers, identity
from claps.web.pages.settings import some_person
from claps.web.site import site

bp = Blueprint("programs", __name__)
URL = "/settings/programs"


@bp.get(URL)
def page() -> Response:
    """Everything that has to do with programs."""
    me = identity.find_person()
    if me is None:
        return answers.see_other(f"/login?next={URL}")
    return _render(me)


@bp.post(f"{URL}/tokens")
def make_token() -> Response:
    """Make a token of one's own (``name``, ``scopes``, ``days``), and show it this once."""
    me, form = some_person(), request.form
    days = None if form.get("days") == "never" else _whole(form.get("days", ""))

    def act() -> Mapping[str, Any]:
        name, scopes = form.get("name", ""), form.getlist("scopes")
        return {"new_token": tokens.make_personal_token(site().passes, me, name=name, scopes=scopes, days=days)}

    return _show_once(me, "tokens", act)


@bp.post(f"{URL}/apps")
def register() -> Response:
    """Register an app (``name``, ``redirect_uris``, ``scopes``, ``confidential``), and show its secret this once."""
    me, form = some_person(), request.form

    def act() -> Mapping[str, Any]:
        new = apps.register_app(
            site().database, me, name=form.get("name", ""), redirect_uris=form.get("redirect_uris", ""),
            scopes=form.getlist("scopes"), confidential=form.get("confidential") == "1",
        )
        return {"new_app": new.app, "new_secret": new.secret}

    return _show_once(me, "apps", act)


@bp.post(f"{URL}/apps/<int:app_id>/secret")
def change_secret(app_id: int) -> Response:
    """Give an app a new secret, and show it this once."""
    me = some_person()
    secret = apps.change_secret(site().database, me, app_id)
    app = next((app for app in apps.apps_of(site().database, me) if app.id == app_id), None)
    return _render(me, new_app=app, new_secret=secret)


@bp.post(f"{URL}/apps/<int:app_id>/delete")
def delete(app_id: int) -> Response:
    """Delete an app; its tokens end."""
    apps.delete_app(site().passes, some_person(), app_id)
    return _back("apps")


@bp.post(f"{URL}/permits/<int:permit_id>/end")
def end(permit_id: int) -> Response:
    """Take back what an app may do, or a token."""
    tokens.end_permit(site().passes, some_person(), permit_id)
    return _back("permits")


def _show_once(me: Person, section: str, act: Callable[[], Mapping[str, Any]]) -> Response:
    # The one kind of form that is not answered 303: what is shown here is kept nowhere that a next page could read.
    try:
        return _render(me, **act())
    except (Invalid, Conflict) as error:
        if answers.wants_json():
            raise
        field = error.field if isinstance(error, Invalid) else "form"
        given = {**request.form.to_dict(), "scopes": request.form.getlist("scopes")}
        page = _render(me, section=section, given=given, errors={field: error.message})
        return make_response(page, answers.status_of(error))


def _render(me: Person, **values: Any) -> Response:
    permits, own = tokens.permits_of(site().passes, me)
    empty: dict[str, Any] = {"section": "", "given": {}, "errors": {}, "new_token": None, "new_app": None}
    empty |= {"new_secret": None, "permits": permits, "own": own, "all_scopes": SCOPES, "days": PERSONAL_TOKEN_DAYS}
    empty["apps"] = apps.apps_of(site().database, me)
    return answers.private_page("programs/page.html", me=me, **{**empty, **values})


def _back(section: str) -> Response:
    return answers.see_other(f"{URL}?c={secrets.token_hex(3)}#{section}")


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0
