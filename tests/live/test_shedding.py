"""A worker with clearly more readers than the others sends some to them; hubs here are workers, over a real Redis."""

from __future__ import annotations

from functools import partial

import gevent
import pytest

from claps.app import Core
from claps.hot.channels import Channels, publisher
from claps.live.hub import Hub
from claps.live.returning import Rest
from claps.live.shedding import MOVING, Shedding
from claps.live.subscribers import Subscriber
from claps.live.wires import Wire, Wires
from claps.plain.channels import HOUSE_CHANNEL
from claps.plain.limits import LOAD_LIVES_SECONDS
from claps.plain.loads import Load
from tests.live.conftest import TOPIC, Board, Clock, MakeHub, MakePeer, know, tell
from tests.live.peers import Peer, read_frames, until
from tests.parts.inside import ON_SQLITE
from tests.parts.redis_server import RedisServer

pytestmark = ON_SQLITE
READERS = 120


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turns a hundred times as quick as in earnest."""
    monkeypatch.setattr("claps.live.shedding.LOAD_SECONDS", 0.01)


class Worker:
    """A hub that listens, and what sheds its surplus."""

    def __init__(self, core: Core, hub: Hub, name: str, node: str) -> None:
        self.hub = hub
        channels = Channels(core.redis, heard=hub.relay.heard, joined=hub.relay.confirmed)
        hub.relay.start(channels)
        until(lambda: hub.relay.connected)
        self.shedding = Shedding(hub, partial(publisher(core.redis), HOUSE_CHANNEL), node=node, worker=name)
        know(hub, 41)

    def seat(self, peer: Peer, wire: Wire, **options: object) -> Subscriber:
        """Let a reader in who has seen everything."""
        return self.hub.subscribe(peer.fd, wire, [(TOPIC, "e.41")], **options)  # type: ignore[arg-type]


@pytest.fixture
def workers(core: Core, make_hub: MakeHub) -> list[Worker]:
    """Two workers of one node, not telling anything yet."""
    return [Worker(core, make_hub({"post": Board(tell(41))}), name, "node") for name in ("first", "second")]


def crowd(worker: Worker, make_peer: MakePeer, wire: Wire, count: int = READERS) -> list[Peer]:
    """Let readers in."""
    peers = [make_peer() for _ in range(count)]
    for peer in peers:
        worker.seat(peer, wire, wait_seconds=25)
    return peers


def goodbyes(peers: list[Peer]) -> list[bytes]:
    """What was said in close frames; pings are left out."""
    frames = [frame for peer in peers for frame in read_frames(peer.take())]
    return [payload for opcode, payload in frames if opcode == 8]


def start(workers: list[Worker]) -> None:
    for worker in workers:
        worker.shedding.start()


def test_the_surplus_is_sent_away_with_a_word_and_nobody_else(
    workers: list[Worker], wires: Wires, make_peer: MakePeer
) -> None:
    peers = crowd(workers[0], make_peer, wires.json_socket)

    start(workers)
    until(lambda: workers[0].hub.moved >= READERS // 2)
    gevent.sleep(0.2)

    assert goodbyes(peers) == [b"\x03\xf4" + MOVING.encode()] * (READERS // 2)
    assert workers[0].hub.moved == READERS // 2
    assert workers[1].hub.moved == 0


def test_newcomers_are_left_to_the_neighbour_until_it_has_as_many(
    workers: list[Worker], wires: Wires, make_peer: MakePeer
) -> None:
    crowd(workers[0], make_peer, wires.json_socket)
    start(workers)
    until(lambda: workers[0].hub.leaves_newcomers)
    assert not workers[1].hub.leaves_newcomers

    crowd(workers[1], make_peer, wires.json_socket)

    until(lambda: not workers[0].hub.leaves_newcomers)


def test_another_node_is_sent_readers_and_its_listener_is_not_waited_for(
    core: Core, workers: list[Worker], make_hub: MakeHub, wires: Wires, make_peer: MakePeer
) -> None:
    far = Worker(core, make_hub({"post": Board(tell(41))}), "third", "another-node")
    crowd(workers[0], make_peer, wires.json_socket)

    start([workers[0], far])
    until(lambda: workers[0].hub.moved)

    assert not workers[0].hub.leaves_newcomers


def test_a_poller_moves_by_its_answer_which_ends_the_connection(
    workers: list[Worker], wires: Wires, make_peer: MakePeer
) -> None:
    for worker in workers:
        worker.hub.lot.hand_back = lambda fd, data: None
    peers = [make_peer() for _ in range(READERS)]
    for peer in peers:
        rest = Rest(None, TOPIC, 25)
        workers[0].seat(peer, wires.kept[wires.json_poll], wait_seconds=25, rest=rest)

    start(workers)
    until(lambda: workers[0].hub.moved >= READERS // 2)
    until(lambda: workers[0].hub.lot.count == READERS // 2)

    answers = [octets for octets in (peer.take() for peer in peers) if octets]
    assert len(answers) == READERS // 2
    assert all(b"304 Not Modified" in octets and b"Connection: close" in octets for octets in answers)


@pytest.mark.parametrize("kind", ["frame", "held_page"])
def test_who_would_come_back_late_stays(
    workers: list[Worker], wires: Wires, make_peer: MakePeer, kind: str
) -> None:
    crowd(workers[0], make_peer, getattr(wires, kind))

    start(workers)
    until(lambda: workers[0].hub.leaves_newcomers)
    gevent.sleep(0.2)

    assert workers[0].hub.moved == 0


def test_whose_claps_are_on_their_way_stays(workers: list[Worker], wires: Wires, make_peer: MakePeer) -> None:
    peers = [make_peer() for _ in range(READERS)]
    clapping = [workers[0].seat(peer, wires.json_socket) for peer in peers][: READERS // 2]
    workers[0].hub.unanswered.update(clapping)

    start(workers)
    until(lambda: workers[0].hub.moved >= READERS // 4)

    assert not goodbyes(peers[: READERS // 2])


def test_without_redis_nobody_moves(
    workers: list[Worker], wires: Wires, make_peer: MakePeer, redis: RedisServer
) -> None:
    start(workers)
    until(lambda: len(workers[0].shedding._heard) == 2)
    redis.kill()
    until(lambda: not workers[0].hub.relay.connected)

    crowd(workers[0], make_peer, wires.json_socket)
    gevent.sleep(0.3)

    assert (workers[0].hub.moved, workers[0].hub.leaves_newcomers) == (0, False)
    redis.start()


def test_who_has_said_nothing_for_some_seconds_does_not_count(
    clock: Clock, workers: list[Worker], wires: Wires, make_peer: MakePeer
) -> None:
    start(workers[:1])
    workers[0].shedding.heard(str(Load("node", "dead", 0)))
    clock.ahead += LOAD_LIVES_SECONDS + 1

    crowd(workers[0], make_peer, wires.json_socket)
    gevent.sleep(0.3)

    assert workers[0].hub.moved == 0


def test_who_leaves_says_so(workers: list[Worker]) -> None:
    start(workers)
    until(lambda: len(workers[0].shedding._heard) == 2)

    workers[1].shedding.take_back()

    until(lambda: list(workers[0].shedding._heard) == ["first"])


def test_who_is_stopping_sheds_nobody(workers: list[Worker], wires: Wires, make_peer: MakePeer) -> None:
    crowd(workers[0], make_peer, wires.json_socket)
    workers[0].hub.draining = True

    start(workers)
    until(lambda: len(workers[0].shedding._heard) == 2)
    gevent.sleep(0.2)

    assert workers[0].hub.moved == 0


def test_nonsense_on_the_house_channel_is_nobodys_load(workers: list[Worker]) -> None:
    workers[0].shedding.heard("load of nonsense here")

    assert not workers[0].shedding._heard
