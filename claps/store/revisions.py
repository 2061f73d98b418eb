"""What posts said before they were changed."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from peewee import BigIntegerField, CharField, CompositeKey, DateTimeField, IntegerField, TextField

from claps.plain import writing
from claps.plain.errors import NotFound
from claps.plain.writing import Piece
from claps.store.database import Model


class Revision(Model):
    """A post as it was; what it says now stands in its own row."""

    post_id = BigIntegerField()
    number = IntegerField()
    title = CharField(max_length=200, null=True)
    slug = CharField(max_length=80)
    tags = CharField(max_length=400)
    body = TextField()
    at = DateTimeField()

    class Meta:
        primary_key = CompositeKey("post_id", "number")


def keep_revision(piece: Piece) -> None:
    """Keep what a post says until now; call inside the transaction that changes it and holds its row."""
    Revision.create(
        post_id=piece.id, number=piece.revision, title=piece.title, slug=piece.slug, tags=" ".join(piece.tags),
        body=piece.body, at=piece.changed_at.astimezone(UTC).replace(tzinfo=None),
    )


def revisions_of(post_id: int, *, before: int | None = None, limit: int) -> list[writing.Revision]:
    """Read what a post was, newest first, without the texts.

    :param before: the number of the last one already seen; None to begin.
    """
    columns = [field for name, field in Revision._meta.fields.items() if name != "body"]
    query = Revision.select(*columns).where(Revision.post_id == post_id)
    if before is not None:
        query = query.where(Revision.number < before)
    return [_value(row) for row in query.order_by(Revision.number.desc()).limit(limit)]


def get_revision(post_id: int, number: int) -> writing.Revision:
    """Read what a post was at one revision.

    :raises NotFound: there was none with this number, or it is the present one.
    """
    row = Revision.get_or_none((Revision.post_id == post_id) & (Revision.number == number))
    if row is None:
        raise NotFound("There is no such revision.")
    return _value(row)


def _value(row: Any) -> writing.Revision:
    tags = tuple(row.tags.split())
    at = row.at.replace(tzinfo=UTC)
    return writing.Revision(row.post_id, row.number, row.title, row.slug, tags, row.body or "", at)
