"""Fixtures: sockets to park, a clock that can be set forward, and hubs that end with the test."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from types import SimpleNamespace

import gevent
import gevent.socket
import pytest

from claps.live.hub import Hub
from claps.live.lot import Lot
from claps.live.sources import Source
from claps.live.subscribers import Subscriber
from claps.live.wires import Positions, Wires
from claps.plain.news import News
from claps.plain.tallies import Tally, changed_fields
from claps.plain.topics import Topic, post_topic
from claps.plain.versions import Version
from tests.live.book import LOG, Book, watch
from tests.live.peers import Peer
from tests.parts.inside import noting_greenlets

TOPIC = post_topic(12)
OTHER = post_topic(13)
MakePeer = Callable[..., "Peer"]
MakeHub = Callable[[dict[str, Source]], Hub]


def tell(offset: int, *, claps: int = 0, post_id: int = 12, epoch: str = "e") -> News:
    """News of a post, at a version."""
    tally = Tally(post_id, Version(epoch, offset), claps=claps or offset)
    return News(post_topic(post_id), tally.version, state=tally.counts(), value=tally)


class PlainText:
    """Renders news as short texts, so that wires are seen and not templates."""

    def fragments(self, news: News, *, before: News | None) -> str:
        """What changed, by name and value."""
        known = before.value if before is not None else None
        return "".join(f"<{name} {getattr(news.value, name)}>" for name in sorted(changed_fields(known, news.value)))

    def poller(self, positions: Positions, *, parked: bool) -> str:
        """Whether it is parked, and what it asks for."""
        return f"[{'parked' if parked else 'every 3000ms'} {' '.join(f'{topic}@{at}' for topic, at in positions)}]"

    def frame_line(self, news: News) -> str:
        """The claps."""
        return f"{news.value.claps} claps"

    def held_page(self, all_news: Sequence[News], positions: Positions) -> str:
        """Every line, in one page."""
        return f"<html>{'; '.join(self.frame_line(news) for news in all_news)}</html>"


class Clock:
    """The live core's time, which a test may set forward."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def monotonic(self) -> float:
        """Seconds, as ``time.monotonic`` counts them."""
        return time.monotonic() + self.ahead

    def time(self) -> float:
        """Seconds since 1970."""
        return time.time() + self.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock for everything in claps/live."""
    clock = Clock()
    parts = SimpleNamespace(monotonic=clock.monotonic, time=clock.time)
    for name in ("dues", "fan_out", "hub", "lot", "reading_now", "shedding", "subscribers", "watches"):
        monkeypatch.setattr(f"claps.live.{name}.time", parts)
    return clock


@pytest.fixture
def wires() -> Wires:
    """One wire of each kind."""
    return Wires(PlainText())


@pytest.fixture
def make_peer() -> Iterator[MakePeer]:
    """Make peers whose sockets are closed with the test."""
    peers: list[Peer] = []

    def make(**options: int) -> Peer:
        peers.append(Peer(**options))
        return peers[-1]

    yield make
    for peer in peers:
        peer.socket.close()


@pytest.fixture(autouse=True)
def no_greenlet_is_left() -> Iterator[None]:
    """End what a hub or a lot runs for ever; a process has one of each, for its whole life."""
    with noting_greenlets() as begun:
        yield
    gevent.killall(begun)


@pytest.fixture
def make_hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeHub]:
    """Make hubs whose parked sockets are closed with the test; they tick every hundredth of a second."""
    monkeypatch.setattr("claps.live.hub.PING_SECONDS", 0.5)
    hubs: list[Hub] = []

    def make(sources: dict[str, Source]) -> Hub:
        hubs.append(Hub(sources))
        return hubs[-1]

    yield make
    for hub in hubs:
        for subscriber in filter(None, list(hub.lot.by_fd)):
            hub.lot.drop(subscriber)


class Board:
    """A source of news that a test puts there by hand."""

    def __init__(self, *all_news: News) -> None:
        self.news = {news.topic: news for news in all_news}

    def channels(self, topic: Topic) -> tuple[str, ...]:
        """One, named as the topic."""
        return (str(topic),)

    def read(self, topics: object) -> dict[Topic, News]:
        """What is there."""
        return dict(self.news)

    def hear(self, news: News, channel: str, message: str) -> News | None:
        """A message is the number of claps."""
        return tell(news.version.offset + 1, claps=int(message), post_id=news.topic.number)


@pytest.fixture
def hub(make_hub: MakeHub) -> Hub:
    """A hub that knows posts 12 and 13, without a way to hear of them: news is put into it by hand."""
    board = Board()
    hub = make_hub({"post": board, "writer": board})
    return hub


@pytest.fixture
def book() -> Book:
    """A log with three events."""
    book = Book()
    book.write(3)
    return book


@pytest.fixture
def log_hub(make_hub: MakeHub, book: Book) -> Hub:
    """A hub that knows the log and post 12, and hears of them only from the test."""
    hub = make_hub({"post": Board(), "table": book})
    know(hub, 41)
    watch(hub).news = News(LOG, Version("e", 3))
    return hub


def know(hub: Hub, *offsets: int) -> None:
    """Let the topics' news be known, as the relay does when it has read them."""
    for topic, offset in zip((TOPIC, OTHER), offsets, strict=False):
        watch = hub._watch(topic)
        watch.news = tell(offset, post_id=topic.number)
        hub._greet_waiting(watch)


class Attendant:
    """A lot, and what it has said."""

    def __init__(self, wires: Wires) -> None:
        self.wires = wires
        self.arrived: list[tuple[Subscriber, bytes]] = []
        self.drained: list[tuple[Subscriber, object]] = []
        self.left: list[Subscriber] = []
        self.overdue: list[Subscriber] = []
        self.lot = Lot(
            arrived=lambda *told: self.arrived.append(told), drained=lambda *told: self.drained.append(told),
            left=self.left.append, overdue=self.overdue.append,
        )

    def park(self, peer: Peer) -> Subscriber:
        """Park a peer's other end."""
        subscriber = Subscriber(peer.fd, self.wires.json_socket, None)
        self.lot.park(peer.fd, subscriber)
        return subscriber


@pytest.fixture
def attendant(wires: Wires) -> Iterator[Attendant]:
    """A lot whose sockets are closed with the test."""
    attendant = Attendant(wires)
    yield attendant
    for subscriber in filter(None, list(attendant.lot.by_fd)):
        attendant.lot.drop(subscriber)
