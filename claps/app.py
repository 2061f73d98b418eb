"""The one place that chooses the parts and joins them."""

from __future__ import annotations

import atexit
import importlib
import logging
import os
import secrets
from dataclasses import dataclass
from functools import partial
from typing import Any

import gevent
from flask import Flask

from claps.acts.bearing import Bearing
from claps.acts.bursts import Moving, mark_forever
from claps.acts.calm import Calm
from claps.acts.comments import CommentsSource
from claps.acts.counting import Counting
from claps.acts.dashboard import WriterSource
from claps.acts.departed import Departed
from claps.acts.errands import Errands
from claps.acts.expiry import Expiry
from claps.acts.feeds import Feeds, FeedSource, PostsSource
from claps.acts.figures import keep_tidy_forever
from claps.acts.flush import flush_forever
from claps.acts.images import Forgetting
from claps.acts.joining import Joining
from claps.acts.leaving import Leaving
from claps.acts.logs import Publish
from claps.acts.looking import PostSource, tally_news
from claps.acts.mending import Mending
from claps.acts.merging import Merging
from claps.acts.notifications import NotificationsSource
from claps.acts.notifying import Notifier
from claps.acts.overview import Overviews
from claps.acts.passes import Passes
from claps.acts.popular import Popularity
from claps.acts.posts import Library
from claps.acts.reactions import Reactions
from claps.acts.referrers import Referrers
from claps.acts.site_pages import Pages
from claps.acts.sites import Closing
from claps.acts.table_source import TablesSource
from claps.acts.tables import Emptying, Tables
from claps.acts.watching import Watching
from claps.acts.webhooks import start_webhooks
from claps.hot.canary import canary_clapper
from claps.hot.channels import publisher, teller
from claps.hot.connection import open_redis
from claps.hot.durability import Confirmation
from claps.hot.journal import Journal
from claps.hot.ledger import Ledger
from claps.hot.places import Places
from claps.hot.popular import Popular
from claps.hot.presence import Presence
from claps.hot.rates import Rates
from claps.hot.sharded import open_channels
from claps.hot.tallies import Tallies
from claps.live.canary import Canary, CanarySource
from claps.live.handshakes import KnownHandshakes
from claps.live.hub import Hub
from claps.live.nodes import name_node
from claps.live.reading_now import ReadingNow
from claps.live.shedding import Shedding
from claps.live.sources import Source
from claps.live.vitals import Vitals
from claps.logs import log_greenlets, set_up_logs
from claps.plain.channels import HOUSE_CHANNEL
from claps.plain.errors import ClapsError
from claps.plain.tallies import calm_tally
from claps.plain.topics import post_topic
from claps.settings import Settings, read_settings
from claps.store.database import Database
from claps.web.assembly import create_site
from claps.web.site import Site

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Core:
    """The parts that pages and commands share: SQL, Redis, and the way between them."""

    settings: Settings
    database: Database
    redis: Any
    confirmation: Confirmation
    journal: Journal
    tallies: Tallies
    mending: Mending
    ledger: Ledger
    publish: Publish
    popularity: Popularity


def build_core(settings: Settings) -> Core:
    """Join SQL and Redis; nothing is connected yet."""
    database = Database(settings.database_url)
    client = open_redis(settings.redis_address)
    confirmation = Confirmation(client, settings.ack)
    journal, tallies = Journal(client, confirmation), Tallies(client)
    mending = Mending(database, journal, tallies)
    ledger = Ledger(client, confirmation, mending)
    popularity = Popularity(database, Popular(client))
    publish = publisher(client)
    return Core(settings, database, client, confirmation, journal, tallies, mending, ledger, publish, popularity)


def create_app(settings: Settings | None = None) -> Flask:
    """Make the application of one worker process, with its live core running.

    :param settings: read from the environment when not given.
    """
    settings = settings or read_settings(os.environ)
    set_up_logs(settings.log)
    log_greenlets()
    core = build_core(settings)
    writers = WriterSource(core.database, core.mending, core.tallies)
    sources = _sources(core, writers, calm := Calm(core.database, core.publish))
    hub = Hub(sources)
    _keep_calm(calm, hub)
    hub.relay.start(open_channels(core.redis, heard=hub.relay.heard, joined=hub.relay.confirmed))
    worker = f"{os.getpid()}-{secrets.token_hex(4)}"
    shedding = Shedding(hub, partial(core.publish, HOUSE_CHANNEL), node=name_node(), worker=worker)
    shedding.start()
    library = Library(core.database, core.mending, core.tallies, calm.veil)
    feeds = Feeds(core.database, teller(core.redis), core.popularity)
    errands = _do_errands(core, feeds)
    _begin_to_flush(core)
    gevent.spawn(library.warm_up)
    site = Site(
        settings=settings, database=core.database, library=library, ledger=core.ledger, journal=core.journal,
        hub=hub, publish=core.publish, errands=errands, feeds=feeds, popularity=core.popularity,
        handshakes=KnownHandshakes(hub, library.is_known),
        writers=writers, overviews=Overviews(core.database), calm=calm,
        reading_now=_count_readers(core, hub, worker),
        departed=_know_departed(core, hub),
        referrers=_keep_figures(core),
        passes=(passes := _know_passes(core, hub)),
        bearing=_watch_bearers(passes, hub),
        rates=Rates(core.redis),
        tables=_keep_tables(core, errands),
        watching=_watch_tables(core, hub, worker),
        vitals=_take_pulse(core, hub, worker),
        pages=_know_pages(core, library, hub, sources["post"]),
        webhooks=start_webhooks(core.database, core.settings.webhook_networks, core.settings.secret_key),
    )
    # gunicorn ends its workers by leaving; what is parked is told before.
    atexit.register(_leave, site, shedding)
    return _trace(create_site(site), settings)


def _trace(app: Flask, settings: Settings) -> Flask:
    if settings.sends_traces:
        # Its libraries take 50 ms and 7 MB of each process: they are loaded only here.
        traces = importlib.import_module("claps.traces").Traces(trusts_proxy=bool(settings.trusted_proxies))
        traces.follow_requests(app)
    return app


def _sources(core: Core, writers: WriterSource, calm: Calm) -> dict[str, Source]:
    database = core.database
    return {
        "post": PostSource(database, core.mending, calm.hides), "comments": CommentsSource(database), "writer": writers,
        "person": NotificationsSource(database), "posts": PostsSource(database), "feed": FeedSource(database),
        "table": TablesSource(database), "canary": CanarySource(),
    }


def _take_pulse(core: Core, hub: Hub, worker: str) -> Vitals:
    canary = Canary(hub, canary_clapper(core.redis, core.confirmation, worker), worker=worker)
    canary.start()
    vitals = Vitals(hub, canary, node=name_node())
    vitals.counts["changes_waiting"] = lambda: core.ledger.waiting
    vitals.neighbours.start()
    return vitals


def _count_readers(core: Core, hub: Hub, worker: str) -> ReadingNow:
    reading_now = ReadingNow(hub, Presence(core.redis, worker).tell)
    reading_now.start()
    return reading_now


def _keep_figures(core: Core) -> Referrers:
    gevent.spawn(keep_tidy_forever, core.database)
    gevent.spawn(mark_forever, core.database)
    referrers = Referrers(core.database)
    gevent.spawn(referrers.run_forever)
    atexit.register(referrers.write_quietly)
    return referrers


def _keep_calm(calm: Calm, hub: Hub) -> None:
    def tell(post_id: int) -> None:
        watch = hub.watches.get(post_topic(post_id))
        if watch is not None and watch.news is not None and calm.hides(post_id):
            # At once: who comes while it is read again must not see the number any more.
            hub.fan_out.offer(watch, tally_news(calm_tally(post_id)))
        elif watch is not None:
            hub.relay.read_again(watch)

    calm.changed = tell
    hub.relay.house_heard.append(calm.hear)
    try:
        calm.look()
    except ClapsError as error:
        log.warning("numbers are hidden until it is known whose may be shown: %s", error.message)
    gevent.spawn(calm.run_forever)


def _know_departed(core: Core, hub: Hub) -> Departed:
    departed = Departed(core.database)

    def send_away(person_id: int) -> None:
        # Who waits in this worker as this person: they come back as who they are then.
        for subscriber in [one for one in hub.lot.by_fd if one is not None and one.reader is not None]:
            if subscriber.reader is not None and subscriber.reader.id == person_id:
                hub.dismiss(subscriber, "signed out")

    departed.ended = send_away
    hub.relay.house_heard.append(departed.hear)
    gevent.spawn(departed.run_forever)
    return departed


def _do_errands(core: Core, feeds: Feeds) -> Errands:
    notifier = Notifier(core.database, core.publish, teller(core.redis))
    leaving = Leaving(core.database, core.ledger, core.publish, core.settings.var / "media")
    handlers = {
        "feed": feeds.do, "notify": notifier.do, "leave": leaving.do, "table": Emptying().do,
        "count": Counting(core.database, core.ledger).do, "burst": Moving(core.database, core.ledger).do,
        "site": Closing().do, "merge": Merging(core.mending, core.publish).do, "join": Joining(core.ledger).do,
    }
    errands = Errands(core.database, {**handlers, "image": Forgetting(core.settings.var / "media").do})
    gevent.spawn(notifier.run_forever)
    gevent.spawn(errands.run_forever)
    return errands


def _keep_tables(core: Core, errands: Errands) -> Tables:
    gevent.spawn(Expiry(tables := Tables(core.database, core.publish, errands)).run_forever)
    return tables


def _watch_tables(core: Core, hub: Hub, worker: str) -> Watching:
    watching = Watching(core.database, hub, Places(core.redis, worker))
    hub.relay.house_heard.append(watching.hear)
    hub.relay.house_joined.append(watching.look_at_all)
    gevent.spawn(watching.doorkeeper.run_forever)
    return watching


def _know_pages(core: Core, library: Library, hub: Hub, source: Source) -> Pages:
    pages = Pages(core.database, core.ledger, library, source=source, publish=core.publish)
    hub.relay.house_heard.append(pages.hear)
    return pages


def _know_passes(core: Core, hub: Hub) -> Passes:
    passes = Passes(core.database, core.publish)
    hub.relay.house_heard.append(passes.hear)
    gevent.spawn(passes.run_forever)
    return passes


def _watch_bearers(passes: Passes, hub: Hub) -> Bearing:
    bearing = Bearing(passes, hub)
    hub.relay.house_heard.append(bearing.hear)
    hub.relay.house_joined.append(bearing.look_at_all)
    gevent.spawn(bearing.run_forever)
    return bearing


def _leave(parts: Site, shedding: Shedding) -> None:
    parts.vitals.neighbours.stop()
    shedding.take_back()
    parts.reading_now.take_back()
    # Before they are sent away: they come back to other workers, and must find their places free there.
    parts.watching.doorkeeper.take_back()
    parts.hub.drain()


def _begin_to_flush(core: Core) -> None:
    moved, given = core.popularity.note, Reactions(core.database, core.publish).tell
    pause, reopen = core.settings.flush_seconds, core.mending.reopen
    gevent.spawn(flush_forever, core.database, core.journal, reopen, moved=moved, given=given, pause_seconds=pause)
