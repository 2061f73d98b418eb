"""Who waits with a token is shown out when it ends, or is taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import gevent
import pytest

from claps.acts.bearing import Bearing
from claps.acts.notifications import NotificationsSource
from claps.acts.passes import Passes
from claps.acts.tokens import end_permit, make_personal_token, permits_of
from claps.app import Core
from claps.live.hub import Hub
from claps.live.wires import TOKEN_ENDED, Wires
from claps.plain.people import Person, Reader
from claps.plain.permits import Pass
from claps.plain.topics import Topic
from claps.store.tokens import Token
from tests.live.conftest import PlainText
from tests.live.peers import Peer, read_frames, until
from tests.parts.inside import ON_SQLITE, noting_greenlets

Wait = Callable[..., Peer]
pytestmark = ON_SQLITE


@pytest.fixture
def hub(core: Core) -> Iterator[Hub]:
    """A hub that knows notifications, and hears of them only from the test."""
    with noting_greenlets() as begun:
        hub = Hub({"person": NotificationsSource(core.database)})
        yield hub
    for subscriber in filter(None, list(hub.lot.by_fd)):
        hub.lot.drop(subscriber)
    gevent.killall(begun)


@pytest.fixture
def passes(core: Core) -> Passes:
    """What tokens open, told to nobody but the test."""
    return Passes(core.database, lambda name, message: None)


@pytest.fixture
def bearing(passes: Passes, hub: Hub) -> Bearing:
    """Those who wait with tokens."""
    return Bearing(passes, hub)


@pytest.fixture
def wait(passes: Passes, bearing: Bearing, hub: Hub, ada: Person) -> Iterator[Wait]:
    """Wait for Ada's notifications with a token, over a socket; returns the other end."""
    peers: list[Peer] = []

    def wait(token: str, bearer: Pass | None = None) -> Peer:
        bearer = bearer or passes.find(token)
        assert bearer is not None
        peers.append(peer := Peer())
        wire, topic = Wires(PlainText()).json_socket, Topic("person", str(ada.id))
        bearing.note(hub.subscribe(peer.fd, wire, [(topic, "")], reader=Reader(ada.id)), token, bearer)
        return peer

    yield wait
    for peer in peers:
        peer.socket.close()
    gevent.sleep(0.01)


def make(passes: Passes, person: Person) -> tuple[str, int]:
    """Make a token of one's own; return it, and its permit's number."""
    token = make_personal_token(passes, person, name="Bell", scopes=["read"], days=7)
    return token, permits_of(passes, person)[1][0].id


def close_code(peer: Peer) -> int:
    """Wait until the other end says goodbye, and return its code."""
    return int.from_bytes(read_frames(peer.receive_all())[-1][1][:2])


def test_who_waits_is_shown_out_when_the_token_is_taken_back_and_others_stay(
    passes: Passes, bearing: Bearing, hub: Hub, ada: Person, wait: Wait
) -> None:
    (token, permit_id), (other, _) = make(passes, ada), make(passes, ada)
    peer, _ = wait(token), wait(other)

    end_permit(passes, ada, permit_id)
    bearing.hear(f"unpermit {permit_id}")

    assert close_code(peer) == TOKEN_ENDED
    peer.socket.close()
    until(lambda: hub.lot.count == 1)


def test_what_was_taken_back_on_the_way_in_is_found(passes: Passes, ada: Person, wait: Wait) -> None:
    token, permit_id = make(passes, ada)
    bearer = passes.find(token)
    end_permit(passes, ada, permit_id)

    peer = wait(token, bearer)

    assert close_code(peer) == TOKEN_ENDED


def test_what_was_said_while_nobody_was_heard_is_asked_after(
    passes: Passes, bearing: Bearing, ada: Person, wait: Wait
) -> None:
    token, permit_id = make(passes, ada)
    peer = wait(token)

    end_permit(passes, ada, permit_id)
    bearing.look_at_all()

    assert close_code(peer) == TOKEN_ENDED


def test_who_waits_is_shown_out_when_the_token_ends(
    core: Core, passes: Passes, bearing: Bearing, ada: Person, wait: Wait
) -> None:
    token, _ = make(passes, ada)
    soon = (datetime.now(UTC) + timedelta(seconds=2)).replace(tzinfo=None, microsecond=0)
    core.database.transact(lambda: Token.update(expires_at=soon).execute())

    with noting_greenlets() as begun:
        peer = wait(token)
        gevent.spawn(bearing.run_forever)

        assert close_code(peer) == TOKEN_ENDED
    gevent.killall(begun)


def test_who_has_left_waits_no_more(passes: Passes, bearing: Bearing, ada: Person, wait: Wait) -> None:
    peer = wait(make(passes, ada)[0])

    bearing.hear(f"left {ada.id}")

    assert close_code(peer) == TOKEN_ENDED


def test_what_is_said_of_others_changes_nothing(
    passes: Passes, bearing: Bearing, hub: Hub, ada: Person, wait: Wait
) -> None:
    token, permit_id = make(passes, ada)
    wait(token)

    for message in (f"unpermit {permit_id + 1}", f"unpermit {permit_id}", "unapp 1", "left 0", "unpermit x", "table a"):
        bearing.hear(message)
        gevent.sleep(0.01)

    assert [one.unsent for one in hub.lot.by_fd if one is not None] == [None]
