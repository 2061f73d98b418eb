"""Where people agree, and where programs come for tokens."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from authlib.oauth2 import OAuth2Error
from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from claps.acts.apps import origin_of
from claps.live.messages import dump
from claps.plain.errors import ClapsError, Malformed
from claps.plain.people import Person
from claps.plain.permits import SCOPES, split_scopes
from claps.web import answers, identity
from claps.web.oauth.grants import METHODS, AppGrant, CodeGrant, RefreshGrant
from claps.web.oauth.server import answer_error, issuer, server
from claps.web.site import site

bp = Blueprint("oauth", __name__)
# What an app says when it sends somebody here; the form sends it back as it came.
ASKED = (
    "response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method",
)


@bp.get("/oauth/authorize")
def consent_page() -> AnyResponse:
    """Ask somebody whether an app may do what it asks for."""
    me = identity.find_person()
    grant = server().get_consent_grant(end_user=me)
    return _sign_in_first() if me is None else _ask(me, grant)


@bp.post("/oauth/authorize")
def consent() -> AnyResponse:
    """Take the answer (``decision=allow``), and send the person back to the app."""
    me = identity.find_person()
    grant = server().get_consent_grant(end_user=me)
    if me is None:
        return _sign_in_first()
    if request.form.get("person") != str(me.id):
        # Somebody else has signed in since the page was shown: they are asked as themselves.
        return _ask(me, grant)
    allowed = request.form.get("decision") == "allow"
    response: Response = server().create_authorization_response(grant_user=me if allowed else None, grant=grant)
    return response


@bp.post("/oauth/token")
def token() -> Response:
    """Change a code, a refresh token or a secret for tokens (RFC 6749, section 3.2)."""
    response: Response = server().create_token_response()
    return response


@bp.post("/oauth/revoke")
def revoke() -> Response:
    """Take back a token (RFC 7009)."""
    response: Response = server().create_endpoint_response("revocation")
    return response


@bp.post("/oauth/introspect")
def introspect() -> Response:
    """Say what a token is good for (RFC 7662)."""
    response: Response = server().create_endpoint_response("introspection")
    return response


@bp.get("/.well-known/oauth-authorization-server")
def metadata() -> Response:
    """Say where everything is and what is possible (RFC 8414)."""
    root = issuer()
    told = {
        "issuer": root,
        "authorization_endpoint": f"{root}/oauth/authorize",
        "token_endpoint": f"{root}/oauth/token",
        "revocation_endpoint": f"{root}/oauth/revoke",
        "introspection_endpoint": f"{root}/oauth/introspect",
        "scopes_supported": list(SCOPES),
        "response_types_supported": sorted(CodeGrant.RESPONSE_TYPES),
        "response_modes_supported": ["query"],
        "grant_types_supported": [grant.GRANT_TYPE for grant in (CodeGrant, RefreshGrant, AppGrant)],
        "token_endpoint_auth_methods_supported": METHODS,
        "revocation_endpoint_auth_methods_supported": METHODS,
        "introspection_endpoint_auth_methods_supported": METHODS[:2],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
    }
    response = Response(dump(told), content_type="application/json")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@bp.errorhandler(OAuth2Error)
def tell(error: Any) -> Response:
    """Tell the app, or the person when it is not known where the app is."""
    if request.endpoint in ("oauth.consent_page", "oauth.consent") and not error.redirect_uri:
        said = error.get_error_description() or error.error
        text = f"The program that sent you here asked for something that cannot be: {said}"
        return answers.answer_ours(Malformed("app", text))
    return answer_error(error)


@bp.errorhandler(ClapsError)
def tell_unavailable(error: ClapsError) -> Response:
    """Tell of what is no error of OAuth's: a person by a page, a program in JSON."""
    if request.endpoint in ("oauth.consent_page", "oauth.consent"):
        return answers.answer_ours(error)
    told = {"error": "temporarily_unavailable" if error.trying_again_helps else "invalid_request"}
    response = Response(
        dump({**told, "error_description": error.message}), answers.status_of(error), content_type="application/json"
    )
    response.headers.update(answers.headers_of(error))
    response.headers["Cache-Control"] = "no-store"
    return response


def _asked() -> dict[str, str]:
    return {name: request.values[name] for name in ASKED if name in request.values}


def _sign_in_first() -> AnyResponse:
    return answers.see_other(f"/login?{urlencode({'next': f'/oauth/authorize?{urlencode(_asked())}'})}")


def _ask(me: Person, grant: Any) -> AnyResponse:
    app, uri = grant.client.app, grant.redirect_uri
    owner = site().library.find_person(app.owner_id)
    response = answers.private_page(
        "oauth/consent.html", me=me, app=app, owner=owner, asked=_asked(), host=urlsplit(uri).netloc or uri,
        scopes=[text for scope, text in SCOPES.items() if scope in split_scopes(grant.request.scope)],
    )
    # The form leads back to the app: browsers hold the policy against where it ends, too. And nobody shows this page
    # in a frame, under something that is clicked for another reason.
    target = origin_of(uri) or f"{urlsplit(uri).scheme}:"
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {target}"
    )
    response.headers["X-Frame-Options"] = "DENY"
    return response
