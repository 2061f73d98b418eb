"""Who is asking: a person by the session or a token, a guest by a signed cookie, or somebody unknown so far."""

from __future__ import annotations

import hmac
import re
import secrets
from functools import lru_cache

from flask import Response, current_app, g, request, session
from itsdangerous import BadSignature, Signer, URLSafeSerializer
from werkzeug.wrappers import Response as AnyResponse

from claps.plain.errors import SignInFirst
from claps.plain.people import GUEST_ID_LEAST, Person, Reader
from claps.plain.rates import neighbourhood
from claps.web.cookies import cookie_name
from claps.web.site import site

COOKIE = "reader"
EMBED_COOKIE = "__Host-embed"
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
    person_id = _signed_in(cookies)
    if person_id is not None:
        return Reader(person_id)
    return find_guest()


# A reader claps many times, and to check a signature takes 20 µs. Kept is only what was found good, by its whole
# text, so that what is forged is checked each time and pushes nothing out. A guest's cookie never runs out.
@lru_cache(maxsize=COOKIES_KEPT)
def _guest_of(signed: str, key: str) -> Reader:
    # As loads() does it, without making a signer anew for each: a clap of a guest has one to check.
    reader_id = _signer_of(key).load_payload(_unsigner_of(key).unsign(signed))
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


def find_embed_reader() -> Reader | None:
    """Tell who asks in a frame on another site: as everywhere, or else the guest of that frame's own cookie.

    That one is kept apart by the site around it, so browsers send it also where they block the cookies of others:
    one reader is another guest on each site that shows us.
    """
    return find_reader() or _find_guest(EMBED_COOKIE)


def some_embed_reader() -> Reader:
    """Tell who asks in a frame on another site; whoever is unknown becomes a new guest, and gets a cookie for there."""
    reader = find_embed_reader()
    if reader is None:
        reader = new_guest()
        if request.is_secure or request.host.partition(":")[0] in ("127.0.0.1", "localhost", "[::1]"):
            g.new_embed_guest = reader
        else:
            # Without TLS no browser takes a cookie for the frames of others.
            g.new_guest = reader
    return reader


def guest_by_address(site_id: int) -> Reader:
    """Tell guests of a site apart who have no cookie: by address and browser, under a keyed hash that is not stored.

    People behind one address with the same browser are one guest.
    """
    seen = f"embed {site_id} {neighbourhood(request.remote_addr or '')} {request.environ.get('HTTP_USER_AGENT', '')}"
    digest = hmac.digest(str(current_app.config["SECRET_KEY"]).encode(), seen.encode(), "sha256")
    return Reader(GUEST_ID_LEAST | int.from_bytes(digest[:8]) >> 2)


def find_guest() -> Reader | None:
    """Tell which guest asks, or was, before somebody signed in here."""
    return _find_guest(cookie_name(COOKIE))


def _find_guest(name: str) -> Reader | None:
    found = _signed_as(name).search(request.environ.get("HTTP_COOKIE", ""))
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
    return _signed_in(request.environ.get("HTTP_COOKIE", ""))


def _signed_in(cookies: str) -> int | None:
    # Without the name in the text there is nothing to take apart, nor a session to open.
    if str(current_app.config["SESSION_COOKIE_NAME"]) not in cookies:
        return None
    person_id = session.get("person_id")
    if not isinstance(person_id, int):
        return None
    departed = site().departed
    is_over = departed.has_left(person_id) or departed.is_over(person_id, session.get("turn", 0))
    return None if is_over else person_id


def sees_no_numbers() -> bool:
    """Tell whether who asks has put numbers away; programs have not."""
    if "bearer" in g:
        return False
    person_id = find_person_id()
    return person_id is not None and site().calm.is_for(person_id)


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
            cookie_name(COOKIE), _sign(guest), max_age=_TWO_YEARS, secure=request.is_secure, httponly=True,
            samesite="Lax",
        )
    guest = g.pop("new_embed_guest", None)
    if guest is not None:
        response.set_cookie(
            EMBED_COOKIE, _sign(guest), max_age=_TWO_YEARS, secure=True, httponly=True,
            samesite="None", partitioned=True,
        )
    return response


def _sign(guest: Reader) -> str:
    return str(_signer_of(str(current_app.config["SECRET_KEY"])).dumps(guest.id))


@lru_cache(maxsize=8)
def _signed_as(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|; ?){name}=([\w.-]{{1,200}})(?:;|$)", re.ASCII)


@lru_cache(maxsize=8)
def _signer_of(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt="reader")


@lru_cache(maxsize=8)
def _unsigner_of(key: str) -> Signer:
    signer = _signer_of(key)
    return signer.make_signer(signer.salt)
