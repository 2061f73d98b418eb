"""What Flask does for every request and a waiting one does not need, left out where it shows in a profile."""

from __future__ import annotations

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from claps.web.parked import Parked


class LazySession(SecureCookieSessionInterface):
    """Flask's signed session; without a cookie it is empty, and no signer is made to find that out."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Open the session of a request."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


class QuickFlask(Flask):
    """Flask, but an answer that was parked is not decorated: nothing of it is ever sent."""

    session_interface = LazySession()

    def process_response(self, response: Response) -> Response:
        """Add what every answer carries, except to one that is none."""
        return response if isinstance(response, Parked) else super().process_response(response)
