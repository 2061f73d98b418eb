"""Pages of websites: which addresses stand for which post."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from peewee import BigIntegerField, CharField, DateTimeField, fn

from claps.plain.sites import Address, Page, PageLine
from claps.plain.tallies import Tally
from claps.store.database import Model
from claps.store.posts import STORED_VERSION, Post, add_post

TITLE_LENGTH = 200


class SitePage(Model):
    """One address of a page. Its digest is of the site's number and the address's key."""

    digest = CharField(max_length=64, primary_key=True)
    site_id = BigIntegerField()
    post_id = BigIntegerField()
    url = CharField(max_length=500)
    created_at = DateTimeField()


def find_pages(asked: Iterable[tuple[int, Address]]) -> dict[tuple[int, str], Page]:
    """Find pages by the site's number and the address; in the answer by the number and the address's key."""
    names = {_digest(site_id, address): (site_id, address.key) for site_id, address in asked}
    if not names:
        return {}
    query: Any = SitePage.select(SitePage.digest, SitePage.site_id, SitePage.post_id, Post.summary)
    query = query.join(Post, on=(Post.id == SitePage.post_id)).where(SitePage.digest.in_(sorted(names)))
    return {
        names[digest]: Page(int(post_id), int(site_id), url)
        for digest, site_id, post_id, url in query.tuples()
    }


def find_page(site_id: int, address: Address) -> Page | None:
    """Find the page that an address stands for."""
    return find_pages([(site_id, address)]).get((site_id, address.key))


def add_page(owner_id: int, site_id: int, address: Address) -> Page:
    """Add a page; call inside the transaction that holds the site's row, after looking whether it is there."""
    post_id = add_post({
        "writer_id": owner_id, "site_id": site_id, "title": address.shown[:TITLE_LENGTH], "slug": "", "body": "",
        "body_html": "", "summary": address.url, "words": 0, "closed": True, "published_at": datetime.now(UTC),
    })
    add_address(site_id, post_id, address)
    return Page(post_id, site_id, address.url)


def add_address(site_id: int, post_id: int, address: Address) -> None:
    """Let an address stand for a page, that stands for nothing yet; call inside the transaction that holds the site."""
    SitePage.create(
        digest=_digest(site_id, address), site_id=site_id, post_id=post_id, url=address.url,
        created_at=datetime.now(UTC).replace(tzinfo=None),
    )


def drop_address(site_id: int, address: Address) -> bool:
    """Let an address stand for nothing any more; False when it stood for nothing."""
    return bool(SitePage.delete().where(SitePage.digest == _digest(site_id, address)).execute())


def move_addresses(from_post_id: int, to_post_id: int) -> None:
    """Let all addresses of one page stand for another; call inside a transaction."""
    SitePage.update(post_id=to_post_id).where(SitePage.post_id == from_post_id).execute()


def drop_addresses(site_id: int, limit: int) -> int:
    """Let some addresses of a site stand for nothing; return how many."""
    query: Any = SitePage.select(SitePage.digest).where(SitePage.site_id == site_id).limit(limit)
    digests = [digest for (digest,) in query.tuples()]
    return int(SitePage.delete().where(SitePage.digest.in_(digests)).execute()) if digests else 0


def withdraw_pages(site_id: int, limit: int) -> int:
    """Withdraw some pages of a site; return how many. What was given to them stays in SQL, and nobody sees it."""
    query: Any = Post.select(Post.id).where((Post.site_id == site_id) & Post.published_at.is_null(False))
    ids = [int(post_id) for (post_id,) in query.order_by(Post.id).limit(limit).tuples()]
    withdraw(*ids)
    return len(ids)


def withdraw(*post_ids: int) -> None:
    """Let pages not be counted any more; call inside a transaction."""
    if post_ids:
        # By itself and first: MySQL reads in one statement what that has just set.
        Post.update({Post.first_published_at: Post.published_at}).where(Post.id.in_(post_ids)).execute()
        Post.update(published_at=None).where(Post.id.in_(post_ids)).execute()


def show_as(post_id: int, address: Address) -> None:
    """Let an address be the one under which a page is shown; call inside a transaction."""
    Post.update(title=address.shown[:TITLE_LENGTH], summary=address.url).where(Post.id == post_id).execute()


def count_addresses(site_id: int) -> tuple[int, int]:
    """Count a site's addresses, and those of the last hour."""
    hour_ago = datetime.now(UTC).replace(tzinfo=None) - timedelta(hours=1)
    mine = SitePage.select().where(SitePage.site_id == site_id)
    return int(mine.count()), int(mine.where(SitePage.created_at > hour_ago).count())


def count_addresses_of(post_id: int) -> int:
    """Count the addresses of one page."""
    return int(SitePage.select().where(SitePage.post_id == post_id).count())


def count_pages(site_ids: Iterable[int]) -> dict[int, int]:
    """Count the pages of sites."""
    found = dict.fromkeys(site_ids, 0)
    if found:
        query: Any = Post.select(Post.site_id, fn.COUNT(Post.id)).where(
            Post.site_id.in_(sorted(found)) & Post.published_at.is_null(False)
        )
        found.update({int(site_id): int(count) for site_id, count in query.group_by(Post.site_id).tuples()})
    return found


def pages_of(site_id: int, before_id: int | None, limit: int) -> list[PageLine]:
    """Read a site's pages with their counts as last flushed, the newest first, below ``before_id``."""
    query: Any = Post.select(Post.id, Post.summary, Post.claps, Post.people, Post.likes, Post.views, Post.comments)
    query = query.where((Post.site_id == site_id) & Post.published_at.is_null(False))
    if before_id is not None:
        query = query.where(Post.id < before_id)
    rows = list(query.order_by(Post.id.desc()).limit(limit).tuples())
    aliases: dict[int, list[str]] = {int(row[0]): [] for row in rows}
    if aliases:
        for row in SitePage.select().where(SitePage.post_id.in_(sorted(aliases))).order_by(SitePage.url):
            aliases[row.post_id].append(row.url)
    return [
        PageLine(
            Page(int(post_id), site_id, url), Tally(int(post_id), STORED_VERSION, *map(int, counts)),
            tuple(alias for alias in aliases[int(post_id)] if alias != url),
        )
        for post_id, url, *counts in rows
    ]


def _digest(site_id: int, address: Address) -> str:
    return hashlib.sha256(f"{site_id} {address.key}".encode()).hexdigest()
