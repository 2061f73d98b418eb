"""What Flask does for every request and a waiting one does not need, left out where it shows in a profile."""

from __future__ import annotations

import re
import time
from functools import lru_cache
from typing import Any, cast

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature, URLSafeTimedSerializer

from claps.plain import allowance
from claps.web.cookies import cookie_name
from claps.web.parked import Parked
from claps.web.requests import note_answer

SESSIONS_KEPT = 4_000
# By which another node's clock may be ahead: there a session was signed in what is the future here.
CLOCKS_APART_SECONDS = 24 * 3600


class LazySession(SecureCookieSessionInterface):
    """Flask's signed session, opened where there is one, and checked once.

    To check a signature takes 70 µs. Kept is only what was found good, by its whole text; whether it has run out is
    looked at each time. Without a cookie it is empty, and no signer is made to find that out.
    """

    def get_cookie_name(self, app: Flask) -> str:
        """The name of the session's cookie for the way that this request came."""
        return cookie_name(super().get_cookie_name(app))

    def get_cookie_secure(self, app: Flask) -> bool:
        """True over TLS: then the cookie is never sent without it."""
        return request.is_secure

    def open_session(self, app: Flask, asked: Request) -> SecureCookieSession | None:
        """Open the session of a request."""
        cookies = asked.environ.get("HTTP_COOKIE", "")
        name = self.get_cookie_name(app)
        if name not in cookies:
            return self.session_class()
        found = _signed_in(name).search(cookies)
        if found is None:
            # In quotes, or in another form that is seldom seen.
            return super().open_session(app, asked)
        try:
            values, signed_at = _read(found[1], str(app.secret_key))
        except BadSignature:
            return self.session_class()
        age = int(time.time()) - signed_at
        is_good = -CLOCKS_APART_SECONDS <= age <= int(app.permanent_session_lifetime.total_seconds())
        return self.session_class(dict(values)) if is_good else self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Save what was changed. One that was only looked at costs nothing.

        Flask would add ``Vary: Cookie`` then; here an answer that depends on who asks is never kept by anybody.
        """
        if session.modified:
            super().save_session(app, session, response)


@lru_cache(maxsize=8)
def _signed_in(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|; ?){re.escape(name)}=([\w.-]{{1,400}})(?:;|$)", re.ASCII)


@lru_cache(maxsize=SESSIONS_KEPT)
def _read(signed: str, key: str) -> tuple[dict[str, Any], int]:
    values, signed_at = _serializer_of(key).loads(signed, return_timestamp=True)
    return cast(dict[str, Any], values), int(signed_at.timestamp())


@lru_cache(maxsize=8)
def _serializer_of(key: str) -> URLSafeTimedSerializer:
    flasks = LazySession
    signing = {"key_derivation": flasks.key_derivation, "digest_method": flasks.digest_method}
    return URLSafeTimedSerializer([key], salt=flasks.salt, serializer=flasks.serializer, signer_kwargs=signing)


class QuickFlask(Flask):
    """Flask, but an answer that was parked is not decorated: nothing of it is ever sent."""

    session_interface = LazySession()

    def full_dispatch_request(self) -> Response:
        """Answer a request, and note how long it took, unless it is parked: of that nothing is known yet."""
        began = time.monotonic()
        token = allowance.current.set(allowance.Allowance())
        try:
            response = super().full_dispatch_request()
        finally:
            allowance.current.reset(token)
        if not isinstance(response, Parked):
            note_answer(response, began)
        return response

    def process_response(self, response: Response) -> Response:
        """Add what every answer carries, except to one that is none."""
        return response if isinstance(response, Parked) else super().process_response(response)
