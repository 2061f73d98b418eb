"""The description of the API, made from what its routes declare, and a page for people to read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Blueprint, Flask, Response, current_app, request
from werkzeug.routing import Rule

from claps import __version__
from claps.live.messages import dump
from claps.plain.permits import SCOPES
from claps.web import answers
from claps.web.api.described import Described
from claps.web.api.schemas import ProblemSchema
from claps.web.bearer import needs, other_scope_of, scope_of
from claps.web.shelf import kept

bp = Blueprint("api", __name__, url_prefix="/api/v1")
ROOT = "/api/v1"
_KINDS = {"IntegerConverter": {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}}
_METHODS = ("get", "post", "put", "patch", "delete")
_ABOUT = (
    "What the pages do, for programs. Lists come page by page, and `Link` leads on. Reads carry an `ETag`. "
    "What is posted with an `Idempotency-Key` is done once in 24 hours; while the first request is under way, the same "
    "again is answered 409, for up to a minute where the server that did it died in the middle. "
    "Errors are problem details (RFC 9457)."
)


@bp.get("/openapi.json")
@needs("read")
def document() -> Response:
    """The description (OpenAPI 3.1)."""
    response = Response(dump(make_spec(current_app, request.url_root.rstrip("/"))), content_type="application/json")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@bp.get("/")
@needs("read")
@kept(lambda: ("api",))
def page() -> Response:
    """The same for people."""
    spec = make_spec(current_app, "")
    return answers.page("api/page.html", spec=spec, scopes=SCOPES)


def make_spec(app: Any, root: str) -> dict[str, Any]:
    """Describe all routes that declare what they take and give."""
    spec = APISpec(
        title="Claps", version=__version__, openapi_version="3.1.0", info={"description": _ABOUT},
        servers=[{"url": root or "/"}], plugins=[MarshmallowPlugin(schema_name_resolver=_name_of)],
    )
    flow = {"authorizationUrl": f"{root}/oauth/authorize", "tokenUrl": f"{root}/oauth/token", "scopes": SCOPES}
    spec.components.security_scheme("oauth", {"type": "oauth2", "flows": {"authorizationCode": flow}})
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    spec.components.schema("Problem", schema=ProblemSchema)
    for rule, described in _described(app):
        operations = {
            method.lower(): _operation(app, rule, method.lower(), described)
            for method in sorted(rule.methods or ())
            if method.lower() in _METHODS
        }
        spec.path(path=re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), operations=operations)
    return spec.to_dict()


def _described(app: Flask) -> Iterator[tuple[Rule, Described]]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        described = getattr(app.view_functions[rule.endpoint], "described", None)
        if isinstance(described, Described):
            yield rule, described


def _operation(app: Flask, rule: Rule, method: str, described: Described) -> dict[str, Any]:
    view, scope = app.view_functions[rule.endpoint], scope_of(rule.endpoint)
    other = other_scope_of(rule.endpoint)
    security: list[dict[str, list[str]]] = [{"oauth": [one]} for one in (scope or "", other) if one is not None]
    security.append({"token": []})
    operation: dict[str, Any] = {
        "operationId": rule.endpoint.replace("api-", "").replace(".", "_"),
        "summary": (view.__doc__ or "").strip().partition("\n")[0].rstrip("."),
        "tags": [rule.endpoint.partition(".")[0].removeprefix("api-")],
        "security": [{}, *security] if described.everybody else security,
        "parameters": list(_parameters(rule, method, described)),
        "responses": _responses(method, described),
    }
    body = described.takes or described.body
    if body is not None:
        operation["requestBody"] = {"content": {described.kind: {"schema": body}}, "required": True}
    return operation


def _parameters(rule: Rule, method: str, described: Described) -> Iterator[dict[str, Any]]:
    for name in sorted(rule.arguments):
        kind = type(rule._converters[name]).__name__
        yield {"in": "path", "name": name, "required": True, "schema": _KINDS.get(kind, {"type": "string"})}
    for name, schema in described.query.items():
        yield {"in": "query", "name": name, "required": False, "schema": schema}
    if method == "post":
        key = {"type": "string", "minLength": 1, "maxLength": 255}
        yield {"in": "header", "name": "Idempotency-Key", "required": False, "schema": key}
    if method == "get":
        yield {"in": "header", "name": "If-None-Match", "required": False, "schema": {"type": "string"}}


def _responses(method: str, described: Described) -> dict[str, Any]:
    problem = {
        "description": "what went wrong",
        "content": {"application/problem+json": {"schema": ProblemSchema}},
    }
    responses: dict[str, Any] = {"4XX": problem, "5XX": problem}
    if described.gives is None:
        return {str(described.status): {"description": "done"}, **responses}
    schema: Any = {"type": "array", "items": described.gives} if described.lists else described.gives
    answer: dict[str, Any] = {"description": "the answer", "content": {"application/json": {"schema": schema}}}
    if described.lists:
        answer["headers"] = {"Link": {"schema": {"type": "string"}, "description": "where the next page is"}}
    if method == "get":
        responses["304"] = {"description": "what was read before"}
    if described.also is not None:
        responses[str(described.also)] = answer
    return {str(described.status): answer, **responses}


def _name_of(schema: Any) -> str:
    name = schema.__name__ if isinstance(schema, type) else type(schema).__name__
    return name.removesuffix("Schema")
