"""Drafts: what is not published, or not yet in this form."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from peewee import BigAutoField, BigIntegerField, CharField, DateTimeField, IntegerField, TextField, fn

from claps.plain import writing
from claps.plain.errors import Conflict
from claps.plain.limits import DRAFTS_KEPT_THROWN, DRAFTS_PER_PERSON
from claps.plain.writing import Seen, Writing
from claps.store.bulk import add_rows
from claps.store.database import Model, locked

BODY_SHOWN = 200


class Draft(Model):
    """One draft. ``base`` is the post's revision that it changes, ``tab`` the page that saved it last.

    What was thrown away has ``thrown_at``: it is no draft any more, and can be put back for some days.
    """

    id = BigAutoField()
    writer_id = BigIntegerField()
    key = CharField(max_length=40)
    post_id = BigIntegerField(null=True)
    title = CharField(max_length=200)
    slug = CharField(max_length=200)
    tags = CharField(max_length=400)
    body = TextField()
    version = IntegerField()
    base = IntegerField()
    tab = CharField(max_length=40)
    saved_at = DateTimeField()
    thrown_at = DateTimeField(null=True)


def put_draft(
    writer_id: int, key: str, text: Writing, *, post_id: int | None, seen: Seen, tab: str, at: datetime
) -> Seen:
    """Save a draft, over what its own page saved before or what that page began with; call inside a transaction.

    :raises Conflict: another page has saved it meanwhile, or there are too many drafts.
    """
    moment = _naive(at)
    row = _lock(writer_id, key)
    if row is None:
        _check_room(writer_id)
        # Two pages may begin the same draft in one moment: the first stays, and the second finds it below.
        add_rows("draft", _COLUMNS, [(writer_id, key, post_id, "", "", "", "", 0, seen.revision, tab, moment)])
        row = _lock(writer_id, key)
    if row.thrown_at is None and row.tab != tab and row.version != seen.version:
        raise Conflict("This draft was saved in another window meanwhile. Save it again to keep what you see here.")
    fields = {"title": text.title, "slug": text.slug, "tags": text.tags, "body": text.body}
    version = row.version + 1
    Draft.update(**fields, version=version, base=seen.revision, tab=tab, saved_at=moment, thrown_at=None).where(
        Draft.id == row.id
    ).execute()
    return Seen(seen.revision, version)


_COLUMNS = (
    "writer_id", "`key`", "post_id", "title", "slug", "tags", "body", "version", "base", "tab", "saved_at",
)


def find_draft(writer_id: int, key: str) -> writing.Draft | None:
    """Find a draft by the name that its writer's addresses give it."""
    row = Draft.get_or_none(_is(writer_id, key) & Draft.thrown_at.is_null())
    return None if row is None else _value(row)


def drafts_of(writer_id: int) -> list[writing.Draft]:
    """Read a writer's drafts, those saved last first, with the beginnings of their texts."""
    return _read((Draft.writer_id == writer_id) & Draft.thrown_at.is_null(), DRAFTS_PER_PERSON)


def drafts_thrown(writer_id: int, *, since: datetime) -> list[writing.Draft]:
    """Read which drafts a writer has thrown away since a moment, the newest twenty of them."""
    return _read((Draft.writer_id == writer_id) & (Draft.thrown_at > _naive(since)), DRAFTS_KEPT_THROWN)


def _read(where: Any, limit: int) -> list[writing.Draft]:
    columns = [field for name, field in Draft._meta.fields.items() if name != "body"]
    query: Any = Draft.select(*columns, fn.SUBSTR(Draft.body, 1, BODY_SHOWN).alias("body"))
    newest = query.where(where).order_by(Draft.saved_at.desc(), Draft.id.desc())
    return [_value(row) for row in newest.limit(limit)]


def count_drafts(writer_id: int) -> int:
    """Count a writer's drafts."""
    return int(Draft.select().where((Draft.writer_id == writer_id) & Draft.thrown_at.is_null()).count())


def drop_draft(writer_id: int, key: str) -> None:
    """Let a draft go, because it is published; call inside a transaction."""
    Draft.delete().where(_is(writer_id, key)).execute()


def throw_draft(writer_id: int, key: str, *, at: datetime, forget: datetime) -> None:
    """Throw a draft away; call inside a transaction.

    :param forget: what was thrown away before this goes for good.
    """
    Draft.delete().where((Draft.writer_id == writer_id) & (Draft.thrown_at < _naive(forget))).execute()
    Draft.update(thrown_at=_naive(at)).where(_is(writer_id, key) & Draft.thrown_at.is_null()).execute()


def put_back_draft(writer_id: int, key: str) -> None:
    """Let what was thrown away be a draft again; call inside a transaction. What is none stays none.

    :raises Conflict: there are too many drafts.
    """
    row = _lock(writer_id, key)
    if row is not None and row.thrown_at is not None:
        _check_room(writer_id)
        Draft.update(thrown_at=None).where(Draft.id == row.id).execute()


def _check_room(writer_id: int) -> None:
    if count_drafts(writer_id) >= DRAFTS_PER_PERSON:
        raise Conflict(f"You have {DRAFTS_PER_PERSON} drafts. Publish one, or throw one away, to begin another.")


def _is(writer_id: int, key: str) -> Any:
    return (Draft.writer_id == writer_id) & (Draft.key == key)


def _lock(writer_id: int, key: str) -> Any:
    return locked(Draft.select().where(_is(writer_id, key))).first()


def _value(row: Any) -> writing.Draft:
    text = Writing(row.title, row.slug, row.tags, row.body)
    return writing.Draft(row.key, row.post_id, text, Seen(row.base, row.version), row.saved_at.replace(tzinfo=UTC))


def _naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
