"""The demo's website: a page of somebody else's that shows applause."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import partial
from typing import Any

from claps.app import Core
from claps.plain.changes import Change
from claps.plain.people import GUEST_ID_LEAST
from claps.plain.sites import read_address
from claps.store.people import get_person
from claps.store.site_pages import add_page
from claps.store.sites import add_site


def fill_sites(core: Core, plans: Sequence[dict[str, Any]]) -> None:
    """Register websites, and let guests clap for their pages."""
    for plan in plans:
        pages = core.database.transact(partial(_add, plan))
        for post_id, claps in pages.items():
            for times in claps:
                core.ledger.take(Change("clap", post_id, str(GUEST_ID_LEAST | secrets.randbits(62)), times))


def _add(plan: dict[str, Any]) -> dict[int, list[int]]:
    owner = get_person(plan["owner"])
    site = add_site(owner.id, plan["name"], plan["origins"])
    pages = {page["url"]: page["claps"] for page in plan["pages"]}
    return {add_page(owner.id, site.id, read_address(url)).post_id: claps for url, claps in pages.items()}
