"""Apps, consents and tokens as Authlib asks about them."""

from __future__ import annotations

from datetime import UTC, datetime

from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, TokenMixin

from claps.acts import apps
from claps.plain.permits import Consent, Pass, Program, join_scopes, split_scopes
from claps.web.site import site

_WITH_SECRET = ("client_secret_basic", "client_secret_post")
DEFAULT_SCOPE = "read"


class Client(ClientMixin):  # type: ignore[misc]
    """An app that asks."""

    def __init__(self, app: Program) -> None:
        self.app = app

    def get_client_id(self) -> str:
        """The name it calls itself by."""
        return self.app.client_id

    def get_default_redirect_uri(self) -> str | None:
        """Where people go when it does not say; only when there is no choice."""
        uris = self.app.redirect_uris
        return uris[0] if len(uris) == 1 else None

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """What it asks for, or ``read`` when it does not say; None when that is more than it was registered with."""
        wanted = split_scopes(scope or DEFAULT_SCOPE)
        return join_scopes(wanted) if wanted <= split_scopes(self.app.scopes) else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """May people be sent there?"""
        return apps.may_return_to(self.app, redirect_uri)

    def check_client_secret(self, client_secret: str) -> bool:
        """Is this its secret?"""
        return apps.has_secret(site().database, self.app, client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Who has a secret shows it, everywhere."""
        return method in _WITH_SECRET if self.app.confidential else method == "none"

    def check_response_type(self, response_type: str) -> bool:
        """Codes are for those to whom people can be sent back."""
        return response_type == "code" and bool(self.app.redirect_uris)

    def check_grant_type(self, grant_type: str) -> bool:
        """To speak for itself takes a secret."""
        return self.app.confidential if grant_type == "client_credentials" else bool(self.app.redirect_uris)


class Agreed(AuthorizationCodeMixin):  # type: ignore[misc]
    """A code, and what it stands for."""

    def __init__(self, code: str, consent: Consent) -> None:
        self.code = code
        self.consent = consent
        self.code_challenge = consent.challenge
        self.code_challenge_method = "S256"

    def get_redirect_uri(self) -> str:
        """Where the code was sent; empty when the app did not say."""
        return self.consent.redirect_uri

    def get_scope(self) -> str:
        """What the person has agreed to."""
        return self.consent.scopes


class Shown(TokenMixin):  # type: ignore[misc]
    """A token that an app shows, and what it stands for."""

    def __init__(self, text: str, found: Pass) -> None:
        self.text = text
        self.found = found

    def check_client(self, client: Client) -> bool:
        """Was it given to this app?"""
        return self.found.app_id == client.app.id

    def get_scope(self) -> str:
        """What it is good for."""
        return join_scopes(self.found.scopes)

    def get_expires_in(self) -> int:
        """For how many seconds it was given."""
        end = self.found.expires_at
        return 0 if end is None else int((end - self.found.created_at).total_seconds())

    def is_expired(self) -> bool:
        """Has it ended?"""
        return self.found.expires_at is not None and self.found.expires_at <= datetime.now(UTC)

    def is_revoked(self) -> bool:
        """What was taken back is not found, and never comes so far."""
        return False
