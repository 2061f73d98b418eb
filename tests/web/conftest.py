"""Fixtures: readers of the running site, and its application inside the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gevent
import jinja2
import pytest
from flask import Flask
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

from claps.acts.bearing import Bearing
from claps.acts.calm import Calm
from claps.acts.dashboard import WriterSource
from claps.acts.departed import Departed
from claps.acts.errands import Errands
from claps.acts.feeds import Feeds, FeedSource, PostsSource
from claps.acts.looking import PostSource
from claps.acts.overview import Overviews
from claps.acts.passes import Passes
from claps.acts.posts import Library
from claps.acts.referrers import Referrers
from claps.acts.site_pages import Pages
from claps.acts.tables import Emptying, Tables
from claps.acts.watching import Watching
from claps.acts.webhooks import Webhooks
from claps.app import Core
from claps.hot.canary import canary_clapper
from claps.hot.channels import teller
from claps.hot.places import Places
from claps.hot.presence import Presence
from claps.hot.rates import Rates
from claps.live.canary import Canary, CanarySource
from claps.live.handshakes import KnownHandshakes
from claps.live.hub import Hub
from claps.live.reading_now import ReadingNow
from claps.live.vitals import Vitals
from claps.outside.couriers import Courier
from claps.web.assembly import create_site
from claps.web.site import Site
from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Client
from tests.parts.inside import noting_greenlets

SignIn = Callable[[str], Client]


class CompiledTemplates(jinja2.BytecodeCache):
    """What each test's application would compile anew."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template's code, if it was compiled before."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


COMPILED_TEMPLATES = CompiledTemplates()


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """SQLite alone: pages do not know which database it is."""
    return f"sqlite:///{tmp_path / 'claps.db'}"


@pytest.fixture
def guest(live_site: ClapsServer) -> Client:
    """A new reader with no cookies."""
    return live_site.open_client()


@pytest.fixture(scope="session")
def signed_in() -> dict[str, dict[str, str]]:
    """The cookies of those who have signed in to the running site."""
    return {}


@pytest.fixture
def sign_in(live_site: ClapsServer, signed_in: dict[str, dict[str, str]]) -> SignIn:
    """Sign in as one of the demo's people: ``sign_in("ada")``.

    A password takes a tenth of a second to check, on purpose: who was here before comes with the same session again,
    unless it was ended meanwhile.
    """

    def sign_in(name: str) -> Client:
        client = live_site.open_client()
        client.cookies = dict(signed_in.get(name, {}))
        if not client.cookies or client.get("/settings").status != 200:
            client.cookies.clear()
            answer = client.post("/login", {"name": name, "password": "applause"})
            assert answer.status == 303, answer.text
            signed_in[name] = dict(client.cookies)
        return client

    return sign_in


@pytest.fixture(scope="session", autouse=True)
def addresses_are_compiled_once() -> Iterator[None]:
    """Let applications share what werkzeug compiles for each of their addresses: it is the same, and takes 0.2 s."""
    compiled: dict[tuple[object, ...], Any] = {}
    compile_builder = Rule._compile_builder

    def compile_once(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in compiled:
            compiled[key] = compile_builder(rule, append_unknown)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compile_once)
        yield


@pytest.fixture
def app(core: Core) -> Iterator[Flask]:
    """The application over an empty database, without a server."""
    with noting_greenlets() as begun:
        writers = WriterSource(core.database, core.mending, core.tallies)
        calm = Calm(core.database, core.publish)
        calm.look()
        lists = {"posts": PostsSource(core.database), "feed": FeedSource(core.database)}
        source = PostSource(core.database, core.mending, calm.hides)
        hub = Hub({"post": source, "writer": writers, "canary": CanarySource(), **lists})
        library = Library(core.database, core.mending, core.tallies, calm.veil)
        feeds = Feeds(core.database, teller(core.redis), core.popularity)
        errands = Errands(core.database, {"feed": feeds.do, "table": Emptying().do})
        site = create_site(
            Site(
                settings=core.settings, database=core.database, library=library, ledger=core.ledger,
                journal=core.journal, hub=hub, handshakes=KnownHandshakes(hub, library.is_known), publish=core.publish,
                errands=errands, tables=Tables(core.database, core.publish, errands), writers=writers,
                overviews=Overviews(core.database), feeds=feeds, calm=calm,
                popularity=core.popularity,
                reading_now=ReadingNow(hub, Presence(core.redis, "worker").tell), departed=Departed(core.database),
                referrers=Referrers(core.database),
                watching=Watching(core.database, hub, Places(core.redis, "worker")),
                passes=(passes := Passes(core.database, core.publish)), bearing=Bearing(passes, hub),
                rates=Rates(core.redis), vitals=Vitals(hub, _canary(core, hub), node="tests"),
                pages=Pages(core.database, core.ledger, library, source=source, publish=core.publish),
                webhooks=Webhooks(core.database, Courier().check, core.settings.secret_key, lambda: None),
            )
        )
        site.jinja_env.bytecode_cache = COMPILED_TEMPLATES
        yield site
    gevent.killall(begun)


def _canary(core: Core, hub: Hub) -> Canary:
    return Canary(hub, canary_clapper(core.redis, core.confirmation, "worker"), worker="worker")
