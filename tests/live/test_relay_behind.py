"""A relay in a worker that has more to do than it can."""

from __future__ import annotations

from claps.live.hub import Hub
from claps.live.wires import Wires
from tests.live.book import LOG, Book, collect, subscribe
from tests.live.conftest import MakePeer
from tests.live.peers import until


def test_a_worker_that_is_behind_tells_the_newest_state_and_every_event(
    log_hub: Hub, book: Book, wires: Wires, make_peer: MakePeer
) -> None:
    peer, relay = make_peer(), log_hub.relay
    subscribe(log_hub, peer, wires.json_socket, "e.3")
    until(lambda: {"post:12", str(LOG)} <= set(relay._by_channel))

    book.write(3)
    for number in (4, 5, 6):
        relay.heard("post:12", str(number))
        relay.heard(str(LOG), f"{number}!")

    assert relay._newest == {"post:12": "6"}
    assert collect(peer, 3) == [4, 5, 6]
