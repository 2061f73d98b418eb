"""Tokens in requests: who shows one, and what each address of the API takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, current_app, g, request

from claps.plain.errors import ScopeMissing, TokenRefused
from claps.plain.permits import SCOPES, Pass
from claps.plain.topics import Topic
from claps.web.site import site

View = TypeVar("View", bound=Callable[..., Any])
_COVERED: dict[str, str] = {}
# What it takes to watch what is not everybody's.
_OF_TOPICS = {"person": "read", "feed": "read", "writer": "stats", "table": "tables"}


def needs(scope: str, *, otherwise: str | None = None) -> Callable[[View], View]:
    """Declare which scope a token must have for an address of the API.

    What declares none takes no token at all. A session may do whatever its person may.

    :param otherwise: another scope that is good for it as well.
    """
    if scope not in SCOPES or otherwise is not None and otherwise not in SCOPES:
        raise ValueError(f"there is no scope {scope}, or no {otherwise}")

    def mark(view: View) -> View:
        view.scope = scope  # type: ignore[attr-defined]
        view.other_scope = otherwise  # type: ignore[attr-defined]
        return view

    return mark


def cover(bp: Blueprint, scope: str) -> None:
    """Declare which scope a token must have for all addresses of a blueprint that declare none themselves."""
    if scope not in SCOPES:
        raise ValueError(f"there is no scope {scope}")
    _COVERED[bp.name] = scope


def scope_of(endpoint: str) -> str | None:
    """Tell which scope a token must have for an endpoint; None when it takes no tokens."""
    view = current_app.view_functions[endpoint]
    scope: str | None = getattr(view, "scope", None) or _COVERED.get(endpoint.rpartition(".")[0])
    return scope


def other_scope_of(endpoint: str) -> str | None:
    """Tell which other scope is good for an endpoint as well; None when there is none."""
    return getattr(current_app.view_functions[endpoint], "other_scope", None)


def check_bearer() -> None:
    """Find whose token a request of the API or of ``/live`` shows; elsewhere tokens say nothing.

    :raises TokenRefused: it is good for nothing.
    :raises ScopeMissing: it is good, but not for this.
    """
    sent = request.environ.get("HTTP_AUTHORIZATION")
    if sent is None or not (request.path.startswith("/api/") or request.path == "/live"):
        return
    kind, _, token = sent.partition(" ")
    if kind.lower() != "bearer":
        raise TokenRefused("This address takes tokens: Authorization: Bearer ...")
    found = site().passes.find(token.strip())
    if found is None or found.person_id is not None and site().departed.has_left(found.person_id):
        raise TokenRefused("This token was never given out, has ended, or was taken back.")
    g.bearer, g.token = found, token.strip()
    if request.path != "/live" and request.endpoint is not None:
        other = other_scope_of(request.endpoint)
        _check_scope(found, other if other in found.scopes else scope_of(request.endpoint))


def check_topic(topic: Topic) -> None:
    """See that who shows a token may watch this with it.

    :raises ScopeMissing: not with this one.
    """
    scope = _OF_TOPICS.get(topic.kind)
    if "bearer" in g and scope is not None:
        _check_scope(g.bearer, scope)


def may(scope: str) -> bool:
    """True for who shows no token, and for a token that is good for this."""
    return "bearer" not in g or scope in g.bearer.scopes


def _check_scope(found: Pass, scope: str | None) -> None:
    if scope is None:
        raise ScopeMissing("This address takes no tokens.", scope="")
    if scope not in found.scopes:
        raise ScopeMissing(f"This takes a token with the scope {scope}.", scope=scope)
