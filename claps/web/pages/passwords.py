"""Changing one's password, and signing out everywhere."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from claps.acts.sessions import change_password, sign_out_everywhere
from claps.plain.errors import Invalid
from claps.web import answers, identity, rates
from claps.web.pages.settings import answer_invalid, some_person
from claps.web.site import site

bp = Blueprint("passwords", __name__)


@bp.post("/settings/password")
def change() -> Response:
    """Change one's password; every other browser is signed out."""
    parts, me, form = site(), some_person(), request.form
    try:
        with rates.showing_password(me.id):
            turn = change_password(
                parts.database, parts.publish, me, current=form.get("current", ""), new=form.get("new", "")
            )
    except Invalid as error:
        return answer_invalid(me, "password", error, {})
    identity.sign_in(me, turn=turn)
    return answers.see_other("/settings?c=password#password")


@bp.post("/settings/sign-out")
def sign_out() -> Response:
    """Sign out in every browser but this one."""
    parts, me = site(), some_person()
    identity.sign_in(me, turn=sign_out_everywhere(parts.database, parts.publish, me))
    return answers.see_other("/settings?c=out#password")
