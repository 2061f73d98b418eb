"""What Flask does for every request and a waiting one does not need, left out where it shows in a profile."""

from __future__ import annotations

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from claps.web.parked import Parked


class LazySession(SecureCookieSessionInterface):
    """Flask's signed session; without a cookie it is empty, and no signer is made to find that out."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Open the session of a request."""
        if self.get_cookie_name(app) not in request.environ.get("HTTP_COOKIE", ""):
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Save what was changed. An empty one that was only looked at costs nothing.

        Flask would add ``Vary: Cookie`` then; here an answer that depends on who asks is never kept by anybody.
        """
        if session or session.modified:
            super().save_session(app, session, response)


class QuickFlask(Flask):
    """Flask, but an answer that was parked is not decorated: nothing of it is ever sent."""

    session_interface = LazySession()

    def process_response(self, response: Response) -> Response:
        """Add what every answer carries, except to one that is none."""
        return response if isinstance(response, Parked) else super().process_response(response)
