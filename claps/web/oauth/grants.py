"""The ways to a token: a person's consent, a refresh token, an app's own secret."""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError, InvalidScopeError, grants
from authlib.oauth2.rfc7636 import CodeChallenge

from claps.acts import tokens
from claps.plain.people import Person
from claps.plain.permits import SCOPES_OF_NOBODY, Consent, split_scopes
from claps.web.oauth.clients import Agreed, Client, Shown
from claps.web.site import site

METHODS = ["client_secret_basic", "client_secret_post", "none"]


class Challenge(CodeChallenge):  # type: ignore[misc]
    """PKCE for everybody, whether an app keeps a secret or not, and S256 alone (RFC 9700, section 2.1.1)."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        """Authlib lets those through who send no challenge, and takes one without a method for plain."""
        sent = grant.request.payload.data
        if not sent.get("code_challenge") or sent.get("code_challenge_method") != "S256":
            raise InvalidRequestError("A code_challenge with code_challenge_method=S256 is needed.")
        super().validate_code_challenge(grant, redirect_uri)


class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
    """A person agrees, and the app changes the code for tokens."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    @staticmethod
    def validate_authorization_redirect_uri(request: Any, client: Client) -> str:
        """As Authlib does it, but without the address in what is said: it may hold letters that may not be said."""
        uri: str | None = request.payload.redirect_uri or client.get_default_redirect_uri()
        if not uri or not client.check_redirect_uri(uri):
            raise InvalidRequestError("The redirect_uri is not one that this app was registered with.")
        return uri

    def generate_authorization_code(self) -> str:
        """Make a code."""
        return tokens.new_code()

    def save_authorization_code(self, code: str, request: Any) -> None:
        """Keep what the person has agreed to."""
        challenge = request.payload.data["code_challenge"]
        uri = request.payload.redirect_uri or ""
        consent = Consent(request.client.app.id, request.user.id, uri, request.scope, challenge)
        tokens.keep_code(site().passes, code, consent)

    def query_authorization_code(self, code: str, client: Client) -> Agreed | None:
        """Find what a code stands for; one that was redeemed before ends what came of it."""
        consent = tokens.find_consent(site().passes, client.app, code)
        return None if consent is None else Agreed(code, consent)

    def delete_authorization_code(self, authorization_code: Agreed) -> None:
        """It was redeemed with its tokens, in one transaction; if it were deleted, nobody would see it come twice."""

    def authenticate_user(self, authorization_code: Agreed) -> Person:
        """Find who has agreed."""
        return find_person(authorization_code.consent.person_id)


class RefreshGrant(grants.RefreshTokenGrant):  # type: ignore[misc]
    """An app changes a refresh token for a new pair, each once."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> Shown | None:
        """Find what a refresh token stands for; one that was used before ends its family."""
        found = tokens.find_refreshable(site().passes, self.request.client.app, refresh_token)
        return None if found is None else Shown(refresh_token, found)

    def authenticate_user(self, refresh_token: Shown) -> Person:
        """Find who has agreed."""
        return find_person(refresh_token.found.person_id)

    def revoke_old_credential(self, refresh_token: Shown) -> None:
        """It was used up in the transaction that has kept the new pair."""


class AppGrant(grants.ClientCredentialsGrant):  # type: ignore[misc]
    """An app that keeps a secret speaks for itself: it reads what everybody may."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS[:2]

    def validate_token_request(self) -> None:
        """Refuse what takes a person."""
        super().validate_token_request()
        if not split_scopes(self.request.payload.scope) <= set(SCOPES_OF_NOBODY):
            raise InvalidScopeError(f"For itself an app may ask for: {' '.join(SCOPES_OF_NOBODY)}.")


def find_person(person_id: int | None) -> Person:
    """Find who has agreed.

    :raises InvalidGrantError: they have left.
    """
    parts = site()
    person = None
    if person_id is not None and not parts.departed.has_left(person_id):
        person = parts.library.find_person(person_id)
    if person is None:
        raise InvalidGrantError("The account that this was for is gone.")
    return person
