"""What programs are let to do, with the codes and tokens that stand for it: of those only digests are kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from peewee import JOIN, BigAutoField, BigIntegerField, CharField, DateTimeField, TextField, fn

from claps.plain import permits
from claps.plain.permits import Consent, Pass, split_scopes
from claps.store.apps import App
from claps.store.database import Model, locked


class Permit(Model):
    """What a person lets an app do; without an app it is a token of one's own, without a person the app's own."""

    id = BigAutoField()
    app_id = BigIntegerField(null=True, index=True)
    person_id = BigIntegerField(null=True, index=True)
    name = CharField(max_length=60, default="")
    scopes = CharField(max_length=100)
    created_at = DateTimeField()
    used_at = DateTimeField(null=True)


class Code(Model):
    """What is redeemed for tokens, once; ``permit_id`` is what it was redeemed for."""

    digest = CharField(max_length=64, primary_key=True)
    app_id = BigIntegerField()
    person_id = BigIntegerField()
    redirect_uri = TextField()
    scopes = CharField(max_length=100)
    challenge = CharField(max_length=128)
    permit_id = BigIntegerField(null=True)
    expires_at = DateTimeField(index=True)


class Token(Model):
    """A token of a permit: ``access``, ``refresh`` or ``personal``; ``used_at`` is when it was used up."""

    digest = CharField(max_length=64, primary_key=True)
    permit_id = BigIntegerField(index=True)
    kind = CharField(max_length=10)
    scopes = CharField(max_length=100)
    created_at = DateTimeField()
    expires_at = DateTimeField(null=True, index=True)
    used_at = DateTimeField(null=True)


def add_permit(*, app_id: int | None, person_id: int | None, scopes: str, name: str = "") -> int:
    """Note what a program is let to do; return the id."""
    row: Any = Permit.create(app_id=app_id, person_id=person_id, scopes=scopes, name=name, created_at=_now())
    return int(row.id)


def hold_permit(permit_id: int) -> bool:
    """Hold a permit's row until the transaction ends; False when it was taken back."""
    return locked(Permit.select(Permit.id).where(Permit.id == permit_id)).first() is not None


def drop_permit(permit_id: int) -> None:
    """Take back what a program is let to do, with all its tokens."""
    # The permit first: who adds a token to it holds its row.
    Permit.delete().where(Permit.id == permit_id).execute()
    Token.delete().where(Token.permit_id == permit_id).execute()


def owns_permit(permit_id: int, person_id: int) -> bool:
    """Tell whether a permit is a person's own."""
    query: Any = Permit.select().where((Permit.id == permit_id) & (Permit.person_id == person_id))
    return bool(query.exists())


def surplus_permits(app_id: int, person_id: int, kept: int) -> list[int]:
    """Read which permits of one person and app are older than the newest ``kept``."""
    mine = (Permit.app_id == app_id) & (Permit.person_id == person_id)
    query: Any = Permit.select(Permit.id).where(mine).order_by(Permit.id.desc()).offset(kept).limit(kept)
    return [int(permit_id) for (permit_id,) in query.tuples()]


def permits_of(person_id: int, *, of_apps: bool) -> list[permits.Permit]:
    """Read what a person lets apps do, under the apps' names, or the person's own tokens; the newest first."""
    query: Any = (
        Permit.select(Permit, App.name.alias("app_name"), fn.MAX(Token.expires_at).alias("expires_at"))
        .join(App, JOIN.LEFT_OUTER, on=(App.id == Permit.app_id))
        .join(Token, on=(Token.permit_id == Permit.id))
        .where((Permit.person_id == person_id) & (App.id.is_null(not of_apps)) & (Permit.app_id.is_null(not of_apps)))
        .group_by(Permit.id, App.name)
        .order_by(Permit.id.desc())
    )
    return [_permit_value(row) for row in query.objects()]


def add_code(digest: str, consent: Consent, *, seconds: int) -> None:
    """Keep a code that stands for what a person has agreed to."""
    Code.create(
        digest=digest, app_id=consent.app_id, person_id=consent.person_id, redirect_uri=consent.redirect_uri,
        scopes=consent.scopes, challenge=consent.challenge, expires_at=_now() + timedelta(seconds=seconds),
    )


def find_code(digest: str, app_id: int) -> tuple[Consent, int | None] | None:
    """Find what an app's code stands for, and the permit it was redeemed for; none that is too old."""
    row = locked(Code.select().where((Code.digest == digest) & (Code.app_id == app_id))).first()
    if row is None or row.permit_id is None and row.expires_at <= _now():
        return None
    return Consent(row.app_id, row.person_id, row.redirect_uri, row.scopes, row.challenge), row.permit_id


def redeem_code(digest: str, permit_id: int) -> None:
    """Note what a code was redeemed for; call in the transaction that has found it."""
    Code.update(permit_id=permit_id).where(Code.digest == digest).execute()


def add_token(digest: str, permit_id: int, kind: str, scopes: str, *, seconds: int | None) -> None:
    """Keep a token; without an end when ``seconds`` is None."""
    now = _now()
    end = None if seconds is None else now + timedelta(seconds=seconds)
    Token.create(digest=digest, permit_id=permit_id, kind=kind, scopes=scopes, created_at=now, expires_at=end)


def use_refresh_token(digest: str) -> bool:
    """Note that a refresh token was changed for a new one; False when it was before: somebody else has it, too."""
    fresh = (Token.digest == digest) & (Token.kind == "refresh") & Token.used_at.is_null()
    return bool(Token.update(used_at=_now()).where(fresh).execute())


def drop_token(digest: str) -> None:
    """Take back one token."""
    Token.delete().where(Token.digest == digest).execute()


def find_pass(digest: str) -> tuple[Pass, bool] | None:
    """Find what the bearer of a token may do, and whether it was used up; none that has ended or lost its app."""
    query: Any = (
        Token.select(Token, Permit.person_id, Permit.app_id, App.client_id)
        .join(Permit, on=(Permit.id == Token.permit_id))
        .join(App, JOIN.LEFT_OUTER, on=(App.id == Permit.app_id))
        .where((Token.digest == digest) & (Permit.app_id.is_null() | App.id.is_null(False)))
    )
    row = query.objects().first()
    if row is None or row.expires_at is not None and row.expires_at <= _now():
        return None
    end = None if row.expires_at is None else row.expires_at.replace(tzinfo=UTC)
    value = Pass(
        row.permit_id, row.person_id, row.app_id, row.client_id, split_scopes(row.scopes),
        row.created_at.replace(tzinfo=UTC), end, row.kind,
    )
    return value, row.used_at is not None


def note_use(permit_id: int, *, every_seconds: int) -> None:
    """Note that a permit is used now, unless that was noted a moment ago."""
    now = _now()
    is_due = Permit.used_at.is_null() | (Permit.used_at < now - timedelta(seconds=every_seconds))
    Permit.update(used_at=now).where((Permit.id == permit_id) & is_due).execute()


def ended_before(moment: datetime, limit: int) -> int:
    """Count codes and tokens that ended before a moment, up to ``limit`` of each."""
    at = moment.astimezone(UTC).replace(tzinfo=None)
    return sum(model.select().where(model.expires_at < at).limit(limit).count() for model in (Code, Token))


def drop_ended(moment: datetime, limit: int) -> int:
    """Delete codes and tokens that ended before a moment, and permits that nothing stands for; return how many."""
    at = moment.astimezone(UTC).replace(tzinfo=None)
    dropped = 0
    for model in (Code, Token):
        ended = model.select(model.digest).where(model.expires_at < at).order_by(model.digest).limit(limit)
        digests = [str(row.digest) for row in ended]
        dropped += int(model.delete().where(model.digest.in_(digests)).execute()) if digests else 0
    return dropped + _drop_permits(_idle_permits(at, limit)) + _drop_permits(_permits_without_app(limit))


def drop_permits_of(person_id: int, limit: int) -> list[int]:
    """Take back what a person lets programs do; return which permits went."""
    query: Any = Permit.select(Permit.id).where(Permit.person_id == person_id).order_by(Permit.id).limit(limit)
    ids = [int(permit_id) for (permit_id,) in query.tuples()]
    _drop_permits(ids)
    return ids


def _idle_permits(at: datetime, limit: int) -> list[int]:
    # Older than the moment: one that is just being made has no token yet.
    query: Any = Permit.select(Permit.id).join(Token, JOIN.LEFT_OUTER, on=(Token.permit_id == Permit.id))
    found = query.where(Token.digest.is_null() & (Permit.created_at < at)).limit(limit)
    return [int(permit_id) for (permit_id,) in found.tuples()]


def _permits_without_app(limit: int) -> list[int]:
    query: Any = Permit.select(Permit.id).join(App, JOIN.LEFT_OUTER, on=(App.id == Permit.app_id))
    found = query.where(Permit.app_id.is_null(False) & App.id.is_null()).limit(limit)
    return [int(permit_id) for (permit_id,) in found.tuples()]


def _drop_permits(ids: list[int]) -> int:
    for permit_id in sorted(ids):
        drop_permit(permit_id)
    return len(ids)


def _permit_value(row: Any) -> permits.Permit:
    end = row.expires_at
    if isinstance(end, str):
        end = datetime.fromisoformat(end)
    return permits.Permit(
        row.id, row.app_name or row.name, row.scopes, row.created_at.replace(tzinfo=UTC),
        None if row.used_at is None else row.used_at.replace(tzinfo=UTC),
        None if end is None else end.replace(tzinfo=UTC),
    )


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
