"""What the API says and takes of pages of other websites."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from claps.plain.limits import CLAPS_PER_READER
from claps.plain.sites import ADDRESSES_PER_REQUEST, PAGE_URL_LENGTH


class CountSchema(Schema):
    """How often a page was clapped for, and by how many; nothing where nobody has, or nobody knows the page."""

    url = fields.String(required=True, metadata={"description": "as it was asked for"})
    claps = fields.Integer(
        required=True, allow_none=True, validate=validate.Range(min=0),
        metadata={"description": "null where the owner keeps numbers from readers"},
    )
    people = fields.Integer(required=True, allow_none=True, validate=validate.Range(min=0))


class CountsBody(Schema):
    """The addresses of pages."""

    urls = fields.List(fields.String(), required=True, validate=validate.Length(max=ADDRESSES_PER_REQUEST))


class PageClapBody(Schema):
    """Which page, and how many claps; one when it is not said."""

    url = fields.String(required=True, validate=validate.Length(min=1, max=PAGE_URL_LENGTH))
    claps = fields.Integer(strict=True, load_default=1, validate=validate.Range(min=1, max=CLAPS_PER_READER))
    canonical = fields.String(
        load_default="", validate=validate.Length(max=PAGE_URL_LENGTH),
        metadata={"description": "the address under which the page is counted, when it has several"},
    )
