"""What the API says of drafts, revisions and pictures, and what it takes, as its description has it."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from claps.plain.limits import ALT_LENGTH, ARTICLE_LENGTH, TAGS_FIELD_LENGTH, TITLE_LENGTH
from claps.plain.notifications import KINDS

_KEY = {"description": "its name in addresses; `post-12` for changes to post 12"}


class DraftSchema(Schema):
    """What is not published, or not yet in this form."""

    key = fields.String(required=True, metadata=_KEY)
    post = fields.Integer(required=True, strict=True, allow_none=True)
    title, slug, tags = (fields.String(required=True) for _ in range(3))
    markdown = fields.String(required=True)
    revision = fields.Integer(
        required=True, strict=True, metadata={"description": "of the post that it changes; 0 for a new one"}
    )
    version = fields.Integer(
        required=True, strict=True, metadata={"description": "whoever saves names it, and overwrites nothing unseen"}
    )
    saved_at = fields.DateTime(required=True, allow_none=True)


class DraftBody(Schema):
    """A draft as it is now, whole; tags are words with blanks between them."""

    title = fields.String(load_default="", validate=validate.Length(max=TITLE_LENGTH))
    slug = fields.String(load_default="", validate=validate.Length(max=TITLE_LENGTH))
    tags = fields.String(load_default="", validate=validate.Length(max=TAGS_FIELD_LENGTH))
    markdown = fields.String(load_default="", validate=validate.Length(max=ARTICLE_LENGTH))
    revision, version = (
        fields.Integer(load_default=0, strict=True, validate=validate.Range(min=0, max=2**31 - 1)) for _ in range(2)
    )


class RevisionSchema(Schema):
    """What a post said before it was changed; ``at`` is when it began to say so."""

    number = fields.Integer(required=True, strict=True)
    title = fields.String(required=True, allow_none=True)
    slug = fields.String(required=True)
    tags = fields.List(fields.String(), required=True)
    at = fields.DateTime(required=True)


class FullRevisionSchema(RevisionSchema):
    """The same with its text."""

    markdown = fields.String(required=True)


class PictureSchema(Schema):
    """A picture of one's own."""

    name = fields.String(required=True)
    alt = fields.String(required=True)
    url = fields.Url(required=True)
    markdown = fields.String(required=True, metadata={"description": "what to write to show it"})
    bytes = fields.Integer(required=True, strict=True)
    at = fields.DateTime(required=True)


class ReadBody(Schema):
    """Up to which notification all are read: its ``turn``."""

    upto = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=2**53 - 1))


class UnreadBody(Schema):
    """What the answer to reading them has named."""

    undo = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=2**53 - 1))


class ReadSchema(Schema):
    """That they are read, and what takes it back; null when there was nothing to read."""

    undo = fields.Integer(required=True, strict=True, allow_none=True)


class KindSchema(Schema):
    """A kind of notification, and whether one is told of it."""

    kind = fields.String(required=True, validate=validate.OneOf(list(KINDS)))
    about = fields.String(required=True)
    muted = fields.Boolean(required=True)


PICTURE: dict[str, Any] = {"type": "string", "format": "binary"}
ALT = {"alt": {"type": "string", "maxLength": ALT_LENGTH}}
