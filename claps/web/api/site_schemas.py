"""What the API says of websites and their pages, and what it takes, as its description has it."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from claps.plain.sites import ORIGINS_PER_SITE, PAGE_URL_LENGTH, SITE_NAME_LENGTH

_ADDRESS = validate.Length(min=1, max=PAGE_URL_LENGTH)


def _count() -> fields.Integer:
    return fields.Integer(required=True, strict=True)


class SiteSchema(Schema):
    """A website of one's own, with every origin by which it is reached."""

    id = _count()
    name = fields.String(required=True)
    origins = fields.List(fields.String(), required=True)


class SitePageSchema(Schema):
    """A page of it, with its counts and its other addresses; its figures are those of a post of that number."""

    post = _count()
    url = fields.String(required=True)
    aliases = fields.List(fields.String(), required=True)
    claps, people, likes, views = _count(), _count(), _count(), _count()


class SitePlaceSchema(Schema):
    """A page, by its number and the address under which it is shown."""

    post = _count()
    url = fields.String(required=True)


class SiteBody(Schema):
    """A website: what its owner calls it, and where it is reached."""

    name = fields.String(required=True, validate=validate.Length(min=1, max=SITE_NAME_LENGTH))
    origins = fields.List(
        fields.String(validate=_ADDRESS), required=True, validate=validate.Length(min=1, max=ORIGINS_PER_SITE)
    )


class AliasBody(Schema):
    """Where a page is now, and where it was."""

    url = fields.String(required=True, validate=_ADDRESS)
    alias = fields.String(required=True, validate=_ADDRESS)
