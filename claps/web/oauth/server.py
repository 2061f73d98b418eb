"""Authlib's authorization server over our apps and tokens."""

from __future__ import annotations

from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidClientError, InvalidGrantError, InvalidRequestError
from authlib.oauth2.rfc6749.util import extract_basic_authorization
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from authlib.oauth2.rfc9207 import IssuerParameter
from flask import Flask, Response, current_app, request

from claps.acts import apps, tokens
from claps.plain.errors import Refused
from claps.plain.limits import ACCESS_SECONDS
from claps.plain.permits import SCOPES, NewTokens
from claps.web.oauth.clients import Client, Shown
from claps.web.oauth.grants import METHODS, AppGrant, Challenge, CodeGrant, RefreshGrant
from claps.web.site import site


class Server(AuthorizationServer):  # type: ignore[misc]
    """The server of one application."""

    def create_oauth2_request(self, request_now: Any) -> Any:
        """Read a request; Authlib stumbles over bytes in a Basic header that are no text.

        :raises OAuth2Error: what must be in the body is in the address, or comes twice; or it came without TLS.
        """
        if request.method == "POST":
            if request.args or any(len(values) > 1 for _, values in request.form.lists()):
                raise InvalidRequestError("Everything belongs into the body, once.")
            try:
                extract_basic_authorization(request.headers)
            except ValueError as error:
                raise InvalidClientError(status_code=401) from error
        return super().create_oauth2_request(request_now)

    def handle_response(self, status_code: int, payload: Any, headers: Any) -> Response:
        """Answer; with 303 where a form must not be sent on (RFC 9700, section 4.12)."""
        response: Response = super().handle_response(303 if status_code == 302 else status_code, payload, headers)
        return response


class Issuer(IssuerParameter):  # type: ignore[misc]
    """Tells an app which server has answered, so that it cannot be confused by another."""

    def get_issuer(self) -> str:
        """This site."""
        return issuer()


class Revocation(RevocationEndpoint):  # type: ignore[misc]
    """Takes back a token at the wish of the app that has it."""

    CLIENT_AUTH_METHODS = METHODS

    def check_params(self, request_now: Any, client: Client) -> None:
        """There must be a token; a hint that says nothing to us is passed over (RFC 7009, section 2.1)."""
        _check_token_given(request_now)

    def query_token(self, token_string: str, token_type_hint: str | None) -> Shown | None:
        """Find a token of either kind."""
        return _find_token(token_string)

    def revoke_token(self, token: Shown, request_now: Any) -> None:
        """Take it back."""
        tokens.take_back(site().passes, token.text, token.found)


class Introspection(IntrospectionEndpoint):  # type: ignore[misc]
    """Tells an app what its own tokens are good for."""

    CLIENT_AUTH_METHODS = METHODS[:2]

    def check_params(self, request_now: Any, client: Client) -> None:
        """There must be a token."""
        _check_token_given(request_now)

    def query_token(self, token_string: str, token_type_hint: str | None) -> Shown | None:
        """Find a token of either kind."""
        return _find_token(token_string)

    def check_permission(self, token: Shown, client: Client, request_now: Any) -> bool:
        """Nobody learns of another's tokens."""
        return token.check_client(client)

    def introspect_token(self, token: Shown) -> dict[str, Any]:
        """Say who may do what, and for how long."""
        found = token.found
        told: dict[str, Any] = {"scope": token.get_scope(), "client_id": found.client_id, "iss": issuer()}
        told["iat"] = int(found.created_at.timestamp())
        told["token_type"] = "Bearer" if found.kind == "access" else "refresh_token"
        if found.expires_at is not None:
            told["exp"] = int(found.expires_at.timestamp())
        person = None if found.person_id is None else site().library.find_person(found.person_id)
        if found.person_id is not None:
            if person is None or site().departed.has_left(found.person_id):
                return {"active": False}
            told |= {"sub": str(person.id), "username": person.name}
        return told


def add_to(app: Flask) -> None:
    """Make the server of an application."""
    app.config.update(
        OAUTH2_SCOPES_SUPPORTED=list(SCOPES),
        OAUTH2_ACCESS_TOKEN_GENERATOR=lambda **given: tokens.new_access_token(),
        OAUTH2_REFRESH_TOKEN_GENERATOR=lambda **given: tokens.new_refresh_token(),
        OAUTH2_TOKEN_EXPIRES_IN={
            grant.GRANT_TYPE: ACCESS_SECONDS for grant in (CodeGrant, RefreshGrant, AppGrant)
        },
    )
    server = Server(app, query_client=_find_client, save_token=_save_tokens)
    server.register_grant(CodeGrant, [Challenge(required=True)])
    server.register_grant(RefreshGrant)
    server.register_grant(AppGrant)
    server.register_endpoint(Revocation)
    server.register_endpoint(Introspection)
    server.register_extension(Issuer())
    app.extensions["claps-oauth"] = server


def server() -> Server:
    """The server of the application that serves this request."""
    found: Server = current_app.extensions["claps-oauth"]
    return found


def issuer() -> str:
    """How this site calls itself (RFC 8414, section 2)."""
    return request.url_root.rstrip("/")


def answer_error(error: OAuth2Error) -> Response:
    """Tell an app of an error: at the address to which it wants people sent back, if that is known to be its own."""
    response = server().handle_response(*error())
    if response.location:
        Issuer().add_issuer_parameter(server(), response)
    return response


def _find_client(client_id: str) -> Client | None:
    app = apps.find_app(site().database, client_id)
    return None if app is None else Client(app)


def _find_token(text: str) -> Shown | None:
    found = tokens.look_at(site().passes, text)
    return None if found is None else Shown(text, found)


def _check_token_given(request_now: Any) -> None:
    if not request_now.form.get("token"):
        raise InvalidRequestError("There is no token in the request.")


def _save_tokens(token: dict[str, Any], request_now: Any) -> None:
    passes, app = site().passes, request_now.client.app
    new = NewTokens(token["access_token"], token["scope"], token["expires_in"], token.get("refresh_token"))
    try:
        if request_now.authorization_code is not None:
            tokens.redeem(passes, app, request_now.authorization_code.code, new)
        elif request_now.refresh_token is not None:
            tokens.refresh(passes, app, request_now.refresh_token.text, new)
        else:
            tokens.give_app_token(passes, app, new)
    except Refused as error:
        raise InvalidGrantError(error.message) from error
