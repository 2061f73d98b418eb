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
    """A picture of one person's; several people may keep the same file."""

    id = BigAutoField()
    owner_id = BigIntegerField()
    name = CharField(max_length=80)
    alt = CharField(max_length=300)
    bytes = IntegerField()
    at = DateTimeField()


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
    total = Image.select(fn.COALESCE(fn.SUM(Image.bytes), 0)).where(Image.owner_id == owner_id).scalar()
    return int(total)


def has_image(owner_id: int, name: str) -> bool:
    """True when a person keeps this picture."""
    return bool(Image.select().where((Image.owner_id == owner_id) & (Image.name == name)).exists())


def put_image(owner_id: int, name: str, alt: str, size_bytes: int, *, at: datetime) -> None:
    """Note that a person keeps a picture, or describes it anew; call inside a transaction."""
    moment = at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    moved = Image.update(alt=alt, at=moment).where((Image.owner_id == owner_id) & (Image.name == name)).execute()
    if not moved:
        add_rows("image", ("owner_id", "name", "alt", "bytes", "at"), [(owner_id, name, alt, size_bytes, moment)])


def images_of(owner_id: int, *, before_id: int | None = None, limit: int) -> list[images.Image]:
    """Read a person's pictures, newest first.

    :param before_id: of the last one already seen; None to begin.
    """
    query: Any = Image.select().where(Image.owner_id == owner_id)
    if before_id is not None:
        query = query.where(Image.id < before_id)
    return [_value(row) for row in query.order_by(Image.id.desc()).limit(limit)]


def drop_image(owner_id: int, name: str) -> bool:
    """Let go of a picture; call inside a transaction.

    :return: True when nobody keeps it any more; its row is held then, and its file is to be removed.
    """
    media = locked(Media.select().where(Media.name == name)).first()
    Image.delete().where((Image.owner_id == owner_id) & (Image.name == name)).execute()
    if media is None or Image.select().where(Image.name == name).exists():
        return False
    Media.delete().where(Media.name == name).execute()
    return True


def _value(row: Any) -> images.Image:
    return images.Image(row.id, row.name, row.alt, row.bytes, row.at.replace(tzinfo=UTC))
