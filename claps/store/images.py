"""Pictures: which files there are, and who keeps which."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from peewee import BigAutoField, BigIntegerField, CharField, DateTimeField, IntegerField, fn

from claps.plain import images
from claps.store.bulk import add_rows
from claps.store.database import Model, locked
from claps.store.people import Person


class Media(Model):
    """One file. Who adds or removes it holds this row, so that nobody removes what another one is adding."""

    name = CharField(max_length=80, primary_key=True)
    bytes = IntegerField()


class Image(Model):
    """A picture of one person's; several people may keep the same file.

    One that was removed has ``removed_at``, and can be put back for some time.
    """

    id = BigAutoField()
    owner_id = BigIntegerField()
    name = CharField(max_length=80)
    alt = CharField(max_length=300)
    bytes = IntegerField()
    at = DateTimeField()
    removed_at = DateTimeField(null=True)


def hold_media(name: str, size_bytes: int) -> None:
    """Note that there is a file, and hold its row until the transaction ends."""
    add_rows("media", ("name", "bytes"), [(name, size_bytes)])
    locked(Media.select().where(Media.name == name)).get()


def used_bytes(owner_id: int) -> int:
    """Add up what a person keeps, and hold the person's row: of two who add at once, the second sees the first's."""
    locked(Person.select(Person.id).where(Person.id == owner_id)).first()
    return count_bytes(owner_id)


def count_bytes(owner_id: int) -> int:
    """Add up what a person keeps."""
    return int(Image.select(fn.COALESCE(fn.SUM(Image.bytes), 0)).where(_kept_by(owner_id)).scalar())


def has_image(owner_id: int, name: str) -> bool:
    """True when a person keeps this picture."""
    return bool(Image.select().where(_kept_by(owner_id) & (Image.name == name)).exists())


def put_image(owner_id: int, name: str, alt: str, size_bytes: int, *, at: datetime) -> None:
    """Note that a person keeps a picture, or describes it anew; call inside a transaction."""
    moment = at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    is_it = (Image.owner_id == owner_id) & (Image.name == name)
    moved = Image.update(alt=alt, at=moment, removed_at=None).where(is_it).execute()
    if not moved:
        add_rows("image", ("owner_id", "name", "alt", "bytes", "at"), [(owner_id, name, alt, size_bytes, moment)])


def images_of(owner_id: int, *, before_id: int | None = None, limit: int) -> list[images.Image]:
    """Read a person's pictures, newest first.

    :param before_id: of the last one already seen; None to begin.
    """
    query: Any = Image.select().where(_kept_by(owner_id))
    if before_id is not None:
        query = query.where(Image.id < before_id)
    return [_value(row) for row in query.order_by(Image.id.desc()).limit(limit)]


def removed_images(owner_id: int, *, limit: int, before: datetime | None = None) -> list[images.Image]:
    """Read what a person has removed, the latest first.

    :param before: only what was removed before this moment.
    """
    query: Any = Image.select().where((Image.owner_id == owner_id) & Image.removed_at.is_null(False))
    if before is not None:
        query = query.where(Image.removed_at < before.astimezone(UTC).replace(tzinfo=None))
    return [_value(row) for row in query.order_by(Image.removed_at.desc(), Image.id.desc()).limit(limit)]


def set_removed(owner_id: int, name: str, *, at: datetime | None) -> bool | None:
    """Remove a picture so that it can be put back, or put it back (None); call inside a transaction.

    The file's row is held until the transaction ends.

    :return: whether anybody shows the file after it; None when nothing has changed.
    """
    locked(Media.select().where(Media.name == name)).first()
    moment = at and at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    is_it = (Image.owner_id == owner_id) & (Image.name == name) & Image.removed_at.is_null(at is not None)
    if not Image.update(removed_at=moment).where(is_it).execute():
        return None
    return bool(Image.select().where((Image.name == name) & Image.removed_at.is_null()).exists())


def shown_names() -> set[str]:
    """The names of all pictures that somebody keeps and has not removed."""
    rows: Any = Image.select(Image.name).where(Image.removed_at.is_null()).distinct().tuples()
    return {name for (name,) in rows}


def drop_image(owner_id: int, name: str) -> bool:
    """Let go of a picture for good; call inside a transaction.

    :return: True when nobody keeps it any more; its row is held then, and its file is to be removed.
    """
    media = locked(Media.select().where(Media.name == name)).first()
    Image.delete().where((Image.owner_id == owner_id) & (Image.name == name)).execute()
    if media is None or Image.select().where(Image.name == name).exists():
        return False
    Media.delete().where(Media.name == name).execute()
    return True


def _kept_by(owner_id: int) -> Any:
    return (Image.owner_id == owner_id) & Image.removed_at.is_null()


def _value(row: Any) -> images.Image:
    return images.Image(row.id, row.name, row.alt, row.bytes, row.at.replace(tzinfo=UTC))
