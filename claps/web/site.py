"""The parts that pages and live endpoints work with, and how a request finds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app, request

from claps.acts.bearing import Bearing
from claps.acts.calm import Calm
from claps.acts.dashboard import WriterSource
from claps.acts.departed import Departed
from claps.acts.errands import Errands
from claps.acts.feeds import Feeds
from claps.acts.logs import Publish
from claps.acts.overview import Overviews
from claps.acts.passes import Passes
from claps.acts.popular import Popularity
from claps.acts.posts import Library
from claps.acts.referrers import Referrers
from claps.acts.site_pages import Pages
from claps.acts.tables import Tables
from claps.acts.watching import Watching
from claps.acts.webhooks import Webhooks
from claps.hot.journal import Journal
from claps.hot.ledger import Ledger
from claps.hot.rates import Rates
from claps.live.badges import MovingBadge
from claps.live.handshakes import KnownHandshakes
from claps.live.hub import Hub
from claps.live.reading_now import ReadingNow
from claps.live.vitals import Vitals
from claps.live.wires import Wires
from claps.plain.badges import Look
from claps.settings import Settings
from claps.store.database import Database


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that pages and live endpoints work with."""

    settings: Settings
    database: Database
    library: Library
    ledger: Ledger
    journal: Journal
    hub: Hub
    handshakes: KnownHandshakes
    publish: Publish
    errands: Errands
    feeds: Feeds
    popularity: Popularity
    writers: WriterSource
    overviews: Overviews
    calm: Calm
    reading_now: ReadingNow
    departed: Departed
    referrers: Referrers
    passes: Passes
    bearing: Bearing
    rates: Rates
    tables: Tables
    watching: Watching
    vitals: Vitals
    pages: Pages
    webhooks: Webhooks


def site() -> Site:
    """The parts of the application that serves this request."""
    return cast(Site, current_app.extensions["claps"])


def wires() -> Wires:
    """The wires of the application that serves this request: those for lists, where a list asks."""
    return cast(Wires, current_app.extensions["claps-list-wires" if "listed" in request.args else "claps-wires"])


def badge_wire(look: Look) -> MovingBadge:
    """The wire of moving badges of a look: the same for all who want it, so that each picture is drawn once."""
    return cast(MovingBadge, current_app.extensions["claps-badges"](look))
