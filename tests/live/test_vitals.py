"""What a worker tells of itself."""

from __future__ import annotations

from claps.live.canary import Canary, CanarySource
from claps.live.hub import Hub
from claps.live.vitals import Vitals
from claps.live.wires import Wires
from claps.plain.news import News
from claps.plain.versions import Version
from claps.plain.vitals import OF_WORKERS
from tests.live.conftest import TOPIC, MakeHub, MakePeer, know
from tests.live.peers import until


def make_vitals(hub: Hub) -> Vitals:
    """Those of a worker whose canary does not clap."""
    return Vitals(hub, Canary(hub, lambda *_: None, worker="w"), node="tests")


def test_everything_that_has_a_name_is_told(make_hub: MakeHub) -> None:
    hub = make_hub({})

    vitals = make_vitals(hub)
    others = (
        "changes_waiting", "pages_kept", "handshakes_known_total", "turned_away_total", "requests_in_work",
        "arrivals_waiting",
    )
    vitals.counts.update(dict.fromkeys(others, lambda: 3))

    told = vitals.read()

    assert told.keys() == {vital.name for vital in OF_WORKERS}
    assert told["claps_changes_waiting"] == 3
    assert told["claps_resident_bytes"] > 1 << 20


def test_subscribers_are_told_by_wire_and_the_canary_is_none(hub: Hub, wires: Wires, make_peer: MakePeer) -> None:
    know(hub, 1)
    for wire in (wires.json_socket, wires.json_socket, wires.event_stream):
        hub.subscribe(make_peer().fd, wire, [(TOPIC, "e.1")])

    told = make_vitals(hub).read()

    assert told["claps_subscribers"] == {"socket-json": 2, "event-stream": 1}


def test_what_slow_subscribers_have_not_taken_is_told(hub: Hub, wires: Wires, make_peer: MakePeer) -> None:
    know(hub, 1)
    subscriber = hub.subscribe(make_peer(send_buffer=4096).fd, wires.json_socket, [(TOPIC, "e.1")])
    hub.lot.send(subscriber, b"x" * 100_000)

    told = make_vitals(hub).read()

    assert told["claps_slow_subscribers"] == 1
    assert 50_000 < told["claps_parked_bytes"] < 100_000


def test_the_news_of_the_canary_is_not_counted(make_hub: MakeHub) -> None:
    hub = make_hub({"canary": CanarySource()})
    canary = Canary(hub, lambda *_: None, worker="w")
    canary.start()
    until(lambda: hub.watches)
    topic, watch = next(iter(hub.watches.items()))

    hub.fan_out.offer(watch, News(topic, Version("c", 1)))

    until(lambda: canary.updates == 1)
    assert (hub.fan_out.updates, Vitals(hub, canary, node="tests").read()["claps_updates_sent_total"]) == (1, 0)
