"""What the API says and takes: read, checked and described by the same declarations (marshmallow)."""

from __future__ import annotations

from typing import Any, TypeVar

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from claps.plain.errors import Invalid
from claps.plain.limits import (
    ARTICLE_LENGTH,
    CLAPS_PER_READER,
    COMMENT_LENGTH,
    DISPLAY_NAME_LENGTH,
    SLUG_LENGTH,
    TAG_LENGTH,
    TAGS_PER_POST,
    TITLE_LENGTH,
)
from claps.web.api import asked

S = TypeVar("S", bound=type[Schema])
HIGHEST = 2**53 - 1


def _count(**about: Any) -> fields.Integer:
    return fields.Integer(required=True, strict=True, validate=validate.Range(min=0), **about)


def _shown_count() -> fields.Integer:
    return _count(allow_none=True, metadata={"description": "null where the writer keeps numbers from readers"})


def _text(**about: Any) -> fields.String:
    return fields.String(required=True, **about)


class PersonSchema(Schema):
    """Somebody with an account."""

    name = _text(metadata={"description": "the one in addresses, without the @"})
    display_name = _text(validate=validate.Length(max=DISPLAY_NAME_LENGTH))
    url = fields.Url(required=True)


class ProfileSchema(PersonSchema):
    """A person with the totals that everybody may see."""

    bio = _text()
    posts, claps, followers, following = _count(), _count(), _count(), _count()


class PostSchema(Schema):
    """A published piece with its counts; an article has a title, a note has none."""

    id = fields.Integer(required=True, strict=True)
    title = _text(allow_none=True)
    url = fields.Url(required=True)
    person = fields.Nested(PersonSchema, required=True)
    summary = _text()
    tags = fields.List(fields.String(), required=True)
    words = _count()
    published_at, edited_at = fields.DateTime(required=True), fields.DateTime(required=True, allow_none=True)
    comments_closed = fields.Boolean(required=True)
    claps, people, likes, views, comments = (_shown_count() for _ in range(5))
    version = _text(metadata={"description": "of the counts; `since` of /live takes it"})


class FullPostSchema(PostSchema):
    """A post with its text."""

    html = _text()


class SourceSchema(Schema):
    """A post of one's own as it was written."""

    id = fields.Integer(required=True, strict=True)
    title = _text(allow_none=True)
    slug = _text()
    tags = fields.List(fields.String(), required=True)
    markdown = _text()
    revision = _count(metadata={"description": "a change names it, so that it overwrites nothing unseen"})
    published = fields.Boolean(required=True)
    url = fields.Url(required=True)


class ClappedSchema(Schema):
    """A post's claps, and how many are one's own."""

    claps, yours = _shown_count(), _count()
    version = _text()


class LikedSchema(Schema):
    """A post's likes, and whether one is one's own."""

    likes = _shown_count()
    liked = fields.Boolean(required=True)
    version = _text()


class TieSchema(Schema):
    """Whether one follows a person, and how many do."""

    following = fields.Boolean(required=True)
    followers = _count()


class CommentSchema(Schema):
    """What a person wrote under a post."""

    id, post = fields.Integer(required=True, strict=True), fields.Integer(required=True, strict=True)
    parent = fields.Integer(required=True, strict=True, allow_none=True)
    person = fields.Nested(PersonSchema, required=True)
    html = _text()
    likes = _count()
    edited = fields.Boolean(required=True)
    at = fields.DateTime(required=True)


class NotificationSchema(Schema):
    """What happened to what is one's own."""

    id = fields.Integer(required=True, strict=True)
    what = _text()
    people = _count()
    person = fields.Nested(PersonSchema, required=True, allow_none=True)
    post = fields.Integer(required=True, strict=True, allow_none=True)
    comment = fields.Integer(required=True, strict=True, allow_none=True)
    text = _text()
    url = fields.Url(required=True)
    read = fields.Boolean(required=True)
    turn = _count(metadata={"description": "its place in the order; `upto` of /notifications/read takes it"})
    at = fields.DateTime(required=True)


class FoundSchema(Schema):
    """What a search has found."""

    posts = fields.List(fields.Nested(PostSchema), required=True)
    people = fields.List(fields.Nested(PersonSchema), required=True)


class OwnPostSchema(Schema):
    """A post of one's own with its counts."""

    id = fields.Integer(required=True, strict=True)
    title = _text(allow_none=True)
    url = fields.Url(required=True)
    published_at = fields.DateTime(required=True)
    claps, people, likes, views, comments = _count(), _count(), _count(), _count(), _count()


class FigureSchema(Schema):
    """What came in some time; less than nothing where more was taken back than given. Readers are estimated."""

    views, readers, claps, people, likes, comments = (fields.Integer(required=True, strict=True) for _ in range(6))


class PointSchema(FigureSchema):
    """What came in the hour or day that begins at a moment."""

    at = fields.DateTime(required=True)


class FiguresSchema(Schema):
    """What a post got up to a moment, in the time of the same length before, and in each hour or day."""

    post = fields.Integer(required=True, strict=True)
    since = fields.DateTime(required=True, data_key="from")
    until = fields.DateTime(required=True, data_key="to")
    grain = fields.String(required=True, validate=validate.OneOf(["hour", "day"]))
    total, before = fields.Nested(FigureSchema, required=True), fields.Nested(FigureSchema, required=True)
    points = fields.List(fields.Nested(PointSchema), required=True)


class ProblemSchema(Schema):
    """What went wrong (RFC 9457); ``field`` names what is wrong with the request, ``request_id`` what was here."""

    type = _text()
    title = _text()
    status = fields.Integer(required=True, strict=True)
    detail = _text()
    field = fields.String()
    request_id = fields.String()


class ClapBody(Schema):
    """How many claps; one when it is not said."""

    claps = fields.Integer(strict=True, load_default=1, validate=validate.Range(min=1, max=CLAPS_PER_READER))


class CommentBody(Schema):
    """A comment in Markdown, perhaps in answer to another one."""

    body = _text(validate=validate.Length(min=1, max=COMMENT_LENGTH))
    parent = fields.Integer(
        strict=True, allow_none=True, load_default=None, validate=validate.Range(min=1, max=HIGHEST)
    )


class EditBody(Schema):
    """What a comment says from now on, in Markdown."""

    body = _text(validate=validate.Length(min=1, max=COMMENT_LENGTH))


class _Written(Schema):
    slug = fields.String(validate=validate.Length(max=SLUG_LENGTH))
    tags = fields.List(
        fields.String(validate=validate.Length(min=1, max=TAG_LENGTH)), validate=validate.Length(max=TAGS_PER_POST)
    )


class PublishBody(_Written):
    """An article, or without a title a note of up to 500 characters, in Markdown."""

    title = fields.String(allow_none=True, validate=validate.Length(min=1, max=TITLE_LENGTH))
    markdown = _text(validate=validate.Length(min=1, max=ARTICLE_LENGTH))


class ChangeBody(_Written):
    """What changes; what is not named stays."""

    title = fields.String(validate=validate.Length(min=1, max=TITLE_LENGTH))
    markdown = fields.String(validate=validate.Length(min=1, max=ARTICLE_LENGTH))
    revision = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=HIGHEST))


def read_body(kind: type[Schema], *, most_bytes: int | None = None) -> dict[str, Any]:
    """Read a body as its schema says; an empty one is an empty object.

    :raises Invalid: it is not; the first thing that is wrong is named.
    :raises TooLarge: it is.
    """
    body = asked.json_body(most_bytes=most_bytes) if asked.has_body() else {}
    try:
        loaded: dict[str, Any] = kind(unknown=RAISE).load(body)
        return loaded
    except ValidationError as error:
        name, said = _first(error.messages)
        raise Invalid(name, f"“{name}”: {said}") from error


def _first(messages: Any) -> tuple[str, str]:
    name, said = "body", messages
    while isinstance(said, dict):
        key, said = next(iter(said.items()))
        # Of a list, the place in it is no name.
        name = name if isinstance(key, int) else key
    return "body" if name == "_schema" else str(name)[:60], str(said[0] if isinstance(said, list) else said)
