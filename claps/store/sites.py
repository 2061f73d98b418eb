"""Websites that people have registered, and the origins by which each is reached."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from peewee import BigAutoField, BigIntegerField, CharField, DateTimeField, IntegrityError

from claps.plain import sites
from claps.plain.errors import Conflict, NotFound
from claps.store.database import Model, locked

# The owner of a site that is deleted.
NOBODY = 0


class Site(Model):
    """One website of one owner."""

    id = BigAutoField()
    owner_id = BigIntegerField(index=True)
    name = CharField(max_length=60)
    created_at = DateTimeField()


class SiteOrigin(Model):
    """An origin of a site; the key lets nobody else have it."""

    origin = CharField(max_length=200, primary_key=True)
    site_id = BigIntegerField(index=True)


def add_site(owner_id: int, name: str, origins: Iterable[str]) -> sites.Site:
    """Register a site; call inside a transaction.

    :raises Conflict: an origin belongs to another site.
    """
    row: Any = Site.create(owner_id=owner_id, name=name, created_at=datetime.now(UTC).replace(tzinfo=None))
    return set_origins(sites.Site(int(row.id), owner_id, name, ()), origins)


def change_site(site: sites.Site, name: str, origins: Iterable[str]) -> sites.Site:
    """Change a site's name and origins; call inside the transaction that holds its row.

    :raises Conflict: an origin belongs to another site.
    """
    Site.update(name=name).where(Site.id == site.id).execute()
    return set_origins(sites.Site(site.id, site.owner_id, name, site.origins), origins)


def set_origins(site: sites.Site, origins: Iterable[str]) -> sites.Site:
    """Let a site be reached by these origins alone; call inside a transaction.

    :raises Conflict: one of them belongs to another site.
    """
    wanted = tuple(dict.fromkeys(origins))
    gone = set(site.origins) - set(wanted)
    if gone:
        SiteOrigin.delete().where((SiteOrigin.site_id == site.id) & SiteOrigin.origin.in_(sorted(gone))).execute()
    for origin in sorted(set(wanted) - set(site.origins)):
        try:
            SiteOrigin.create(origin=origin, site_id=site.id)
        except IntegrityError as error:
            raise Conflict(f"{origin} belongs to another site here.") from error
    return sites.Site(site.id, site.owner_id, site.name, wanted)


def close_site(site_id: int) -> None:
    """Take a site from its owner and its origins from it; call inside a transaction.

    Its row stays until its pages are gone, because SQLite gives the number of the last row out again.
    """
    SiteOrigin.delete().where(SiteOrigin.site_id == site_id).execute()
    Site.update(owner_id=NOBODY, name="").where(Site.id == site_id).execute()


def drop_site(site_id: int) -> None:
    """Forget a site that was closed and has no pages any more; call inside a transaction."""
    Site.delete().where((Site.id == site_id) & (Site.owner_id == NOBODY)).execute()


def find_site_of(origin: str) -> sites.Site | None:
    """Find the site that an origin belongs to."""
    row = SiteOrigin.get_or_none(SiteOrigin.origin == origin)
    return None if row is None else _find(Site.id == row.site_id)


def find_site(site_id: int) -> sites.Site | None:
    """Find a site by its number."""
    return _find(Site.id == site_id)


def get_site_of(owner_id: int, site_id: int) -> sites.Site:
    """Read one's own site.

    :raises NotFound: one has none of this number.
    """
    found = _find((Site.id == site_id) & (Site.owner_id == owner_id))
    if found is None:
        raise NotFound("You have no site of that number.")
    return found


def lock_site(site_id: int) -> sites.Site:
    """Read a site and hold its row until the transaction ends.

    :raises NotFound: it is there no more.
    """
    row = locked(Site.select().where((Site.id == site_id) & (Site.owner_id != NOBODY))).first()
    found = None if row is None else _find(Site.id == site_id)
    if found is None:
        raise NotFound("There is no such site.")
    return found


def sites_of(owner_id: int) -> list[sites.Site]:
    """Read the sites that a person has registered, the newest first."""
    rows: list[Any] = list(Site.select().where(Site.owner_id == owner_id).order_by(Site.id.desc()))
    origins = _origins_of([row.id for row in rows])
    return [sites.Site(row.id, row.owner_id, row.name, tuple(origins[row.id])) for row in rows]


def _find(where: Any) -> sites.Site | None:
    row: Any = Site.select().where(where).first()
    if row is None:
        return None
    return sites.Site(int(row.id), int(row.owner_id), row.name, tuple(_origins_of([row.id])[row.id]))


def _origins_of(site_ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {site_id: [] for site_id in site_ids}
    if found:
        for row in SiteOrigin.select().where(SiteOrigin.site_id.in_(site_ids)).order_by(SiteOrigin.origin):
            found[row.site_id].append(row.origin)
    return found
