"""Links that show one post's figures to who has them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from peewee import BigAutoField, BigIntegerField, CharField, DateTimeField

from claps.store.database import Model


class ShareLink(Model):
    """One link; ``salt`` is that part of it that is in no other one."""

    id = BigAutoField()
    post_id = BigIntegerField(index=True)
    salt = CharField(max_length=32)
    made_at = DateTimeField()
    revoked_at = DateTimeField(null=True)


@dataclass(frozen=True, slots=True)
class Share:
    """A link that works."""

    id: int
    post_id: int
    salt: str


def add_share(post_id: int, salt: str) -> None:
    """Add a link; call inside a transaction."""
    ShareLink.create(post_id=post_id, salt=salt, made_at=datetime.now(UTC).replace(tzinfo=None))


def find_share(share_id: int) -> Share | None:
    """Find a link that was not revoked."""
    return _value(ShareLink.select().where((ShareLink.id == share_id) & ShareLink.revoked_at.is_null()).first())


def share_of(post_id: int) -> Share | None:
    """Find a post's newest link that was not revoked."""
    query = ShareLink.select().where((ShareLink.post_id == post_id) & ShareLink.revoked_at.is_null())
    return _value(query.order_by(ShareLink.id.desc()).first())


def revoke_shares(post_id: int) -> list[int]:
    """Let all of a post's links end; call inside a transaction; return their ids."""
    works = (ShareLink.post_id == post_id) & ShareLink.revoked_at.is_null()
    ids = [int(row.id) for row in ShareLink.select(ShareLink.id).where(works)]
    now = datetime.now(UTC).replace(tzinfo=None)
    ShareLink.update(revoked_at=now).where(ShareLink.id.in_(ids)).execute()
    return ids


def _value(row: Any) -> Share | None:
    return None if row is None else Share(int(row.id), int(row.post_id), str(row.salt))
