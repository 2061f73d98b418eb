"""What the API says of webhooks, and what it takes."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from claps.plain.webhook_limits import TABLES_PER_WEBHOOK, WEBHOOK_URL_LENGTH
from claps.plain.webhooks import EVENTS


def _events(*, required: bool = False) -> fields.List[str]:
    kind = fields.String(validate=validate.OneOf(list(EVENTS)))
    return fields.List(kind, validate=validate.Length(min=1, max=len(EVENTS)), required=required)


def _tables() -> fields.List[str]:
    return fields.List(
        fields.String(validate=validate.Regexp("^[a-z0-9-]{1,64}$")), validate=validate.Length(max=TABLES_PER_WEBHOOK)
    )


def _url(*, required: bool = False) -> fields.String:
    told = {"description": "https://…"}
    return fields.String(validate=validate.Length(min=1, max=WEBHOOK_URL_LENGTH), metadata=told, required=required)


class WebhookSchema(Schema):
    """An address that is told what happens."""

    id = fields.Integer(required=True, strict=True)
    url = fields.String(required=True)
    events = fields.List(fields.String(), required=True)
    tables = fields.List(fields.String(), required=True)
    on = fields.Boolean(required=True)
    why_off = fields.String(required=True, metadata={"description": "why the site turned it off; else empty"})
    failing_since = fields.DateTime(required=True, allow_none=True)
    waiting = fields.Integer(required=True, strict=True)
    dropped = fields.Integer(
        required=True, strict=True, metadata={"description": "events that were not kept, because too many waited"}
    )
    old_secret_until = fields.DateTime(required=True, allow_none=True)
    created_at = fields.DateTime(required=True)


class NewWebhookSchema(WebhookSchema):
    """A webhook with its secret, which is told this once."""

    secret = fields.String(required=True)


class DeliverySchema(Schema):
    """A message, on its way or through."""

    id = fields.Integer(required=True, strict=True)
    message = fields.String(required=True, metadata={"description": "its `webhook-id`, each time it is sent"})
    event = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["waiting", "delivered", "failed"]))
    tries = fields.Integer(required=True, strict=True)
    status = fields.Integer(required=True, strict=True, allow_none=True)
    said = fields.String(required=True)
    took_ms = fields.Integer(required=True, strict=True)
    created_at = fields.DateTime(required=True)
    tried_at = fields.DateTime(required=True, allow_none=True)
    next_at = fields.DateTime(required=True, allow_none=True)
    body = fields.Dict(required=True, metadata={"description": "what is signed, as JSON"})


class WebhookBody(Schema):
    """A webhook: where it leads, and what it is told."""

    url = _url(required=True)
    events = _events(required=True)
    tables = _tables()


class WebhookChangeBody(Schema):
    """What changes; what is not named stays."""

    url = _url()
    events = _events()
    tables = _tables()
    on = fields.Boolean()
