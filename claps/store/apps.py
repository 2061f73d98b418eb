"""Apps: programs that somebody has registered, with the addresses that they may be sent back to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from peewee import BigAutoField, BigIntegerField, CharField, CompositeKey, DateTimeField, TextField

from claps.plain.permits import Program
from claps.store.database import Model


class App(Model):
    """One registered program; of its secret only a digest is kept, and a program without one has none."""

    id = BigAutoField()
    client_id = CharField(max_length=40, unique=True)
    owner_id = BigIntegerField(index=True)
    name = CharField(max_length=60)
    redirect_uris = TextField()
    scopes = CharField(max_length=100)
    secret_digest = CharField(max_length=64, null=True)
    created_at = DateTimeField()

    def value(self) -> Program:
        """This row as other floors know it."""
        return Program(
            self.id, self.client_id, self.owner_id, self.name, tuple(self.redirect_uris.split()), self.scopes,
            self.secret_digest is not None, self.created_at.replace(tzinfo=UTC),
        )


class AppOrigin(Model):
    """A site whose pages are part of an app: browsers let them read the API's answers."""

    origin = CharField(max_length=200)
    app_id = BigIntegerField(index=True)

    class Meta:
        primary_key = CompositeKey("origin", "app_id")


def add_app(fields: dict[str, Any], origins: Iterable[str]) -> Program:
    """Add an app with the origins of its pages; call inside a transaction."""
    row = App.create(**fields, created_at=datetime.now(UTC).replace(tzinfo=None, microsecond=0))
    for origin in sorted(set(origins)):
        AppOrigin.create(origin=origin, app_id=row.id)
    value: Program = row.value()
    return value


def find_app(client_id: str) -> Program | None:
    """Find an app by the name it calls itself by."""
    row = App.get_or_none(App.client_id == client_id)
    return None if row is None else row.value()


def secret_digest_of(app_id: int) -> str | None:
    """Read the digest of an app's secret; None when it has none."""
    row = App.get_or_none(App.id == app_id)
    return None if row is None else row.secret_digest


def apps_of(owner_id: int) -> list[Program]:
    """Read the apps that a person has registered, the newest first."""
    return [row.value() for row in App.select().where(App.owner_id == owner_id).order_by(App.id.desc())]


def set_secret_digest(app_id: int, owner_id: int, digest: str) -> bool:
    """Give an app of one's own that keeps secrets a new one; False when there is no such app."""
    mine = (App.id == app_id) & (App.owner_id == owner_id) & App.secret_digest.is_null(False)
    return bool(App.update(secret_digest=digest).where(mine).execute())


def drop_app(app_id: int, owner_id: int) -> bool:
    """Delete an app of one's own; False when there is no such app. Its tokens are good for nothing from then on."""
    dropped = App.delete().where((App.id == app_id) & (App.owner_id == owner_id)).execute()
    if dropped:
        AppOrigin.delete().where(AppOrigin.app_id == app_id).execute()
    return bool(dropped)


def has_origin(origin: str, app_id: int | None = None) -> bool:
    """Tell whether pages of a site are part of this app, or of any."""
    query: Any = AppOrigin.select().where(AppOrigin.origin == origin)
    return bool((query if app_id is None else query.where(AppOrigin.app_id == app_id)).exists())
