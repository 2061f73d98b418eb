"""Joining, signing in and signing out."""

from __future__ import annotations

import logging
from collections.abc import Callable

from flask import Blueprint, make_response, request
from werkzeug.wrappers import Response

from claps.acts import leaving, people
from claps.acts.sessions import read_turn
from claps.plain.errors import Conflict, Invalid, Refused
from claps.plain.people import Person
from claps.web import answers, identity, known, rates
from claps.web.forms import local_address
from claps.web.site import site

log = logging.getLogger(__name__)
bp = Blueprint("sessions", __name__)


@bp.get("/join")
def join_form() -> Response:
    """The form to open an account."""
    return _form("sessions/join.html")


@bp.post("/join")
def join() -> Response:
    """Open an account and sign in."""
    form = request.form

    def act() -> Person:
        names = form.get("name", ""), form.get("display_name", "")
        return people.join(site().database, *names, form.get("password", ""), guest=identity.find_guest())

    return _enter("sessions/join.html", act)


@bp.get("/login")
def login_form() -> Response:
    """The form to sign in; who is signed in already is sent on."""
    if identity.find_person() is not None:
        return answers.see_other(local_address(request.args.get("next"), default="/dashboard"))
    return _form("sessions/login.html")


@bp.post("/login")
def login() -> Response:
    """Sign in."""
    form = request.form

    def act() -> Person:
        name = form.get("name", "")
        rates.check_passwords(name)
        try:
            return people.sign_in(site().database, name, form.get("password", ""), guest=identity.find_guest())
        except Refused:
            rates.note_wrong_password(name)
            log.info("a password was wrong")
            raise

    return _enter("sessions/login.html", act)


@bp.post("/logout")
def logout() -> Response:
    """Sign out."""
    identity.sign_out()
    return answers.see_other("/")


def _enter(template: str, act: Callable[[], Person]) -> Response:
    try:
        person = act()
    except Invalid as error:
        return _form(template, {error.field: error.message}, status=422)
    except Conflict as error:
        return _form(template, {"name": error.message}, status=409)
    except Refused as error:
        return _form(template, {"form": error.message}, status=403)
    log.info("person %d signed in", person.id)
    identity.sign_in(person, turn=read_turn(site().database, person))
    where = local_address(request.form.get("next"), default="/dashboard")
    if person.leaves_at is not None:
        leaving.stay(site().database, person)
        where = "/settings?c=stay#leave"
    answer = answers.see_other(where)
    identity.forget_guest(answer)
    known.remember(answer, person.name)
    return answer


def _form(template: str, errors: dict[str, str] | None = None, *, status: int = 200) -> Response:
    given = request.form.to_dict()
    values = {name: given[name] for name in ("name", "display_name") if name in given}
    next_url = local_address(request.values.get("next"), default="")
    page = answers.private_page(template, errors=errors or {}, values=values, next_url=next_url, me=None)
    return make_response(page, status)
