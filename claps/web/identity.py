"""Who is asking: a person by the session or a token, a guest by a signed cookie, or somebody unknown so far."""

from __future__ import annotations

import re
import secrets
from functools import lru_cache

from flask import Response, current_app, g, request, session
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response as AnyResponse

from claps.plain.errors import SignInFirst
from claps.plain.people import GUEST_ID_LEAST, Person, Reader
from claps.web.cookies import cookie_name
from claps.web.site import site

COOKIE = "reader"
COOKIES_KEPT = 16_000
_TWO_YEARS = 2 * 365 * 24 * 3600


def find_reader() -> Reader | None:
    """Tell who asks, if it is known; a forged or broken cookie is nobody's."""
    if "bearer" in g:
        person_id = find_person_id()
        return None if person_id is None else Reader(person_id)
    cookies = request.environ.get("HTTP_COOKIE")
    if cookies is None:
        return None
    person_id = find_person_id()
    if person_id is not None:
        return Reader(person_id)
    return find_guest()


# A reader claps many times, and to check a signature takes 20 µs. Kept is only what was found good, by its whole
# text, so that what is forged is checked each time and pushes nothing out. A guest's cookie never runs out.
@lru_cache(maxsize=COOKIES_KEPT)
def _guest_of(signed: str, key: str) -> Reader:
    reader_id = _signer_of(key).loads(signed)
    if not isinstance(reader_id, int) or reader_id < GUEST_ID_LEAST:
        raise BadSignature("what is signed is no guest's number")
    return Reader(reader_id)


def some_reader() -> Reader:
    """Tell who asks; whoever is unknown becomes a new guest, and gets a cookie with the answer.

    :raises SignInFirst: a program asks that speaks for nobody; programs are no guests.
    """
    reader = find_reader()
    if reader is None and "bearer" in g:
        raise SignInFirst("This token speaks for nobody.")
    if reader is None:
        reader = new_guest()
        g.new_guest = reader
    return reader


def find_guest() -> Reader | None:
    """Tell which guest asks, or was, before somebody signed in here."""
    found = _signed_as(cookie_name(COOKIE)).search(request.environ.get("HTTP_COOKIE", ""))
    try:
        return _guest_of(found[1], str(current_app.config["SECRET_KEY"])) if found else None
    except BadSignature:
        return None


def forget_guest(response: AnyResponse) -> None:
    """Let whoever signs out here be another guest, because what this one gave belongs to an account now."""
    name = cookie_name(COOKIE)
    if name in request.cookies:
        response.delete_cookie(name, secure=request.is_secure, httponly=True, samesite="Lax")


def new_guest() -> Reader:
    """Make a guest: a number that nobody else has, without asking anybody."""
    return Reader(GUEST_ID_LEAST | secrets.randbits(62))


def find_person() -> Person | None:
    """Read the account of who is signed in."""
    person_id = find_person_id()
    return None if person_id is None else site().library.find_person(person_id)


def find_person_id() -> int | None:
    """Tell whose session or token it is; SQL is not asked, so whoever left in this moment may still be somebody."""
    # Who shows a token is asked for nothing else: a cookie that comes with it says nothing.
    if "bearer" in g:
        bearer_id: int | None = g.bearer.person_id
        return None if bearer_id is None or site().departed.has_left(bearer_id) else bearer_id
    # Without the name in the text there is nothing to take apart, nor a session to open.
    if str(current_app.config["SESSION_COOKIE_NAME"]) not in request.environ.get("HTTP_COOKIE", ""):
        return None
    person_id = session.get("person_id")
    if not isinstance(person_id, int):
        return None
    departed = site().departed
    is_over = departed.has_left(person_id) or departed.is_over(person_id, session.get("turn", 0))
    return None if is_over else person_id


def was_somebody() -> bool:
    """True for a session of one who may have left: there is a number in it, whether or not somebody has it."""
    return "person_id" in session


def sign_in(person: Person, *, turn: int) -> None:
    """Remember a person in a fresh session: nothing of one that was there before goes on.

    :param turn: which of their turns it belongs to; it is over when the next one begins.
    """
    session.clear()
    session.permanent = True
    session["person_id"] = person.id
    if turn:
        session["turn"] = turn


def sign_out() -> None:
    """Forget who was signed in."""
    session.clear()


def set_guest_cookie(response: Response) -> Response:
    """Give a new guest the cookie; it is set when something is done, never by reading."""
    guest = g.pop("new_guest", None)
    if guest is not None:
        response.set_cookie(
            cookie_name(COOKIE),
            str(_signer_of(str(current_app.config["SECRET_KEY"])).dumps(guest.id)),
            max_age=_TWO_YEARS,
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )
    return response


@lru_cache(maxsize=8)
def _signed_as(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|; ?){name}=([\w.-]{{1,200}})(?:;|$)", re.ASCII)


@lru_cache(maxsize=8)
def _signer_of(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt="reader")
