"""Who may watch a table: a hundred at a time, and each counted once."""

from __future__ import annotations

import pytest

from claps.live.hub import Hub
from claps.live.places import Doorkeeper, count_watchers, turn_away, watchers_of
from claps.live.wires import TABLE_FULL, Wires
from claps.plain.errors import Crowded, Unavailable
from claps.plain.limits import WATCHERS_PER_TABLE
from tests.live.book import LOG, subscribe, watch
from tests.live.conftest import Clock, MakePeer
from tests.live.peers import read_frames, until


class Ledger:
    """What the doorkeeper says, and how many others watch."""

    def __init__(self) -> None:
        self.others, self.is_away, self.said = 0, False, list[dict[str, int]]()

    def take(self, table: str, watchers: int) -> bool:
        """Say whether there is room."""
        self._answer()
        self.said.append({table: watchers})
        return self.others + watchers <= WATCHERS_PER_TABLE

    def tell(self, watchers: dict[str, int]) -> None:
        """Note it."""
        self._answer()
        self.said.append(dict(watchers))

    def _answer(self) -> None:
        if self.is_away:
            raise Unavailable("Redis is away.")


@pytest.fixture
def ledger() -> Ledger:
    """Where it is counted."""
    return Ledger()


@pytest.fixture
def doorkeeper(log_hub: Hub, ledger: Ledger) -> Doorkeeper:
    """The doorkeeper of the hub with a log."""
    return Doorkeeper(log_hub, ledger)


def test_who_waits_and_who_is_on_the_way_in_are_counted(
    doorkeeper: Doorkeeper, ledger: Ledger, log_hub: Hub, wires: Wires, make_peer: MakePeer
) -> None:
    doorkeeper.take(LOG)
    doorkeeper.take(LOG)
    subscribe(log_hub, make_peer(), wires.json_socket, "e.3")
    doorkeeper.give_back(LOG)

    doorkeeper.tell()
    doorkeeper.give_back(LOG)
    doorkeeper.tell()

    assert ledger.said == [{"prices": 1}, {"prices": 2}, {"prices": 2}, {"prices": 1}]


def test_who_finds_no_place_is_not_counted(doorkeeper: Doorkeeper, ledger: Ledger) -> None:
    ledger.others = WATCHERS_PER_TABLE

    with pytest.raises(Crowded) as crowded:
        doorkeeper.take(LOG)
    doorkeeper.tell()

    assert crowded.value.limit == WATCHERS_PER_TABLE
    assert ledger.said[-1] == {"prices": 0}


def test_without_redis_a_worker_counts_for_itself(doorkeeper: Doorkeeper, ledger: Ledger) -> None:
    ledger.is_away = True
    for _ in range(WATCHERS_PER_TABLE):
        doorkeeper.take(LOG)

    with pytest.raises(Crowded):
        doorkeeper.take(LOG)
    with pytest.raises(Unavailable):
        doorkeeper.tell()
    ledger.is_away = False
    doorkeeper.tell()

    assert ledger.said == [{"prices": WATCHERS_PER_TABLE}]


def test_who_polls_keeps_the_place_between_two_polls(
    doorkeeper: Doorkeeper, ledger: Ledger, log_hub: Hub, wires: Wires, make_peer: MakePeer, clock: Clock
) -> None:
    peer = make_peer()
    subscribe(log_hub, peer, wires.json_poll, "e.1")
    peer.receive_all()
    doorkeeper.tell()

    doorkeeper.take(LOG, returning=True)
    doorkeeper.give_back(LOG)
    clock.ahead += 5
    doorkeeper.tell()

    assert ledger.said == [{"prices": 1}, {"prices": 1}, {"prices": 0}]


def test_what_is_told_is_renewed_before_it_expires(
    doorkeeper: Doorkeeper, ledger: Ledger, log_hub: Hub, wires: Wires, make_peer: MakePeer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    subscribe(log_hub, make_peer(), wires.json_socket, "e.3")
    log_hub.unseated.add(LOG)
    doorkeeper.tell()
    doorkeeper.tell()

    monkeypatch.setattr("claps.live.places.WATCHERS_RENEW_SECONDS", -1)
    doorkeeper.tell()

    assert ledger.said == [{"prices": 1}, {"prices": 1}]


def test_one_who_stops_gives_everything_back_and_says_no_more(
    doorkeeper: Doorkeeper, ledger: Ledger, log_hub: Hub, wires: Wires, make_peer: MakePeer
) -> None:
    subscribe(log_hub, make_peer(), wires.json_socket, "e.3")
    log_hub.unseated.add(LOG)
    doorkeeper.tell()

    doorkeeper.take_back()
    log_hub.unseated.add(LOG)
    doorkeeper.tell()

    assert ledger.said == [{"prices": 1}, {"prices": 0}]


def test_everybody_who_waits_is_found(log_hub: Hub, wires: Wires, make_peer: MakePeer) -> None:
    there = subscribe(log_hub, make_peer(), wires.json_socket, "e.3")
    coming = subscribe(log_hub, make_peer(), wires.json_socket, "e.1")

    assert set(watchers_of(watch(log_hub))) == {there, coming}
    assert count_watchers(watch(log_hub)) == 2


def test_who_is_turned_away_is_told_over_the_socket(log_hub: Hub, wires: Wires, make_peer: MakePeer) -> None:
    peer = make_peer()

    turn_away(log_hub.lot, peer.fd, wires.json_socket, opening=b"", code=TABLE_FULL, reason="full")
    received = peer.receive()
    peer.socket.close()

    assert read_frames(received) == [(8, TABLE_FULL.to_bytes(2) + b"full")]
    until(lambda: not log_hub.lot.count)
