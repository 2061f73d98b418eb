"""What the API says of tables, and what it takes, as its description has it."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from claps.plain.limits import BATCH_OPERATIONS, ENTRIES_PER_PAGE_MOST, TABLES_PER_PAGE
from claps.plain.tables import MEMBER_ROLES


class TableSchema(Schema):
    """A set of keys that others can watch."""

    name = fields.String(required=True)
    visibility = fields.String(required=True)
    scratch = fields.Boolean(required=True)
    version = fields.String(required=True, metadata={"description": "`since` of /live takes it"})
    entries = fields.Integer(required=True, strict=True)
    bytes = fields.Integer(required=True, strict=True)
    created_at = fields.DateTime(required=True)
    expires_at = fields.DateTime()


class SeatSchema(TableSchema):
    """A table, and what one is in it."""

    role = fields.String(required=True, allow_none=True)


class MemberSchema(Schema):
    """Somebody who is let into a table."""

    name = fields.String(required=True)
    display_name = fields.String(required=True)
    role = fields.String(required=True)


class EntrySchema(Schema):
    """A key with its value, any JSON."""

    key = fields.String(required=True)
    value = fields.Raw(required=True, allow_none=True)
    version = fields.String(required=True)
    at = fields.DateTime(required=True)
    expires_at = fields.DateTime()


class GoneSchema(Schema):
    """A key that has no value any more."""

    key = fields.String(required=True)
    version = fields.String(required=True)


class BatchSchema(Schema):
    """What became of several operations."""

    version = fields.String(required=True)
    results = fields.List(fields.Dict(), required=True)


class ChangeSchema(Schema):
    """One change, as /live tells it."""

    topic = fields.String(required=True)
    version = fields.String(required=True)
    event = fields.Dict()
    resync = fields.Boolean()


VISIBILITY = {"type": "string", "enum": ["public", "members"]}
_NAME = {"type": "string", "pattern": "^[a-z0-9-]{1,64}$"}
NEW_TABLE: dict[str, Any] = {
    "type": "object", "additionalProperties": False, "required": ["name"],
    "properties": {"name": _NAME, "visibility": VISIBILITY, "scratch": {"const": False}},
}
CHANGED_TABLE: dict[str, Any] = {
    "type": "object", "additionalProperties": False, "required": ["visibility"],
    "properties": {"visibility": VISIBILITY},
}
ROLE: dict[str, Any] = {
    "type": "object", "additionalProperties": False, "required": ["role"],
    "properties": {"role": {"type": "string", "enum": list(MEMBER_ROLES)}},
}
VALUE: dict[str, Any] = {"description": "any JSON"}
INCREMENT: dict[str, Any] = {
    "type": "object", "additionalProperties": False, "properties": {"by": {"type": "number"}},
}
OPERATIONS: dict[str, Any] = {
    "type": "object", "additionalProperties": False, "required": ["operations"],
    "properties": {
        "operations": {"type": "array", "minItems": 1, "maxItems": BATCH_OPERATIONS, "items": {"type": "object"}},
    },
}
TTL = {"ttl": {"type": "integer", "minimum": 1, "maximum": 366 * 24 * 3600}}
NEW_TTL = {"ttl": {"type": "string", "pattern": "^([1-9][0-9]{0,6}|none)$"}}
ENTRIES = {
    "prefix": {"type": "string"}, "after": {"type": "string"},
    "limit": {"type": "integer", "minimum": 1, "maximum": ENTRIES_PER_PAGE_MOST},
}
TABLES = {
    "after": {"type": "string"}, "limit": {"type": "integer", "minimum": 1, "maximum": TABLES_PER_PAGE},
    "of": {"type": "string", "enum": ["everybody", "me"]},
}
SINCE = {"since": {"type": "string"}}
