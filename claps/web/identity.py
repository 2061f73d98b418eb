"""Who is asking: a person by the session, a guest by a signed cookie, or somebody unknown so far."""

from __future__ import annotations

import secrets
from functools import lru_cache

from flask import Response, current_app, g, request, session
from itsdangerous import BadSignature, URLSafeSerializer

from claps.plain.people import GUEST_ID_LEAST, Person, Reader
from claps.web.site import site

COOKIE = "reader"
_TWO_YEARS = 2 * 365 * 24 * 3600


def find_reader() -> Reader | None:
    """Tell who asks, if it is known; a forged or broken cookie is nobody's."""
    person_id = session.get("person_id")
    if isinstance(person_id, int):
        return Reader(person_id)
    signed = request.cookies.get(COOKIE)
    if not signed or len(signed) > 200:
        return None
    try:
        reader_id = _signer().loads(signed)
    except BadSignature:
        return None
    return Reader(reader_id) if isinstance(reader_id, int) and reader_id >= GUEST_ID_LEAST else None


def some_reader() -> Reader:
    """Tell who asks; whoever is unknown becomes a new guest, and gets a cookie with the answer."""
    reader = find_reader()
    if reader is None:
        reader = new_guest()
        g.new_guest = reader
    return reader


def new_guest() -> Reader:
    """Make a guest: a number that nobody else has, without asking anybody."""
    return Reader(GUEST_ID_LEAST | secrets.randbits(62))


def find_person() -> Person | None:
    """Read the account of who is signed in."""
    person_id = session.get("person_id")
    return site().library.find_person(person_id) if isinstance(person_id, int) else None


def sign_in(person: Person) -> None:
    """Remember a person in a fresh session."""
    session.clear()
    session.permanent = True
    session["person_id"] = person.id


def sign_out() -> None:
    """Forget who was signed in."""
    session.clear()


def set_guest_cookie(response: Response) -> Response:
    """Give a new guest the cookie; it is set when something is done, never by reading."""
    guest = g.pop("new_guest", None)
    if guest is not None:
        response.set_cookie(
            COOKIE,
            str(_signer().dumps(guest.id)),
            max_age=_TWO_YEARS,
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )
    return response


def _signer() -> URLSafeSerializer:
    return _signer_of(str(current_app.config["SECRET_KEY"]))


@lru_cache(maxsize=8)
def _signer_of(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt="reader")
