"""Who watches tables in a worker: let in, counted, and shown out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import gevent
import pytest

from claps.acts.members import list_members, remove_member, set_member
from claps.acts.table_source import TablesSource
from claps.acts.tables import delete_table
from claps.acts.watching import Watching
from claps.app import Core
from claps.hot.places import Places
from claps.live.hub import Hub
from claps.live.wires import NOT_YOURS, Wires
from claps.plain.errors import Crowded, NotFound, Refused, SignInFirst
from claps.plain.limits import WATCHERS_PER_TABLE
from claps.plain.people import Reader
from claps.plain.tables import table_topic
from claps.plain.topics import Topic
from tests.live.conftest import PlainText
from tests.live.peers import Peer, read_frames, until
from tests.parts.inside import noting_greenlets
from tests.parts.realtime import Room

Wait = Callable[[Reader], Peer]
pytestmark = pytest.mark.parametrize("shared_core", ["sqlite"], indirect=True, scope="module")


@pytest.fixture
def room(shared_core: Core) -> Room:
    """Somebody with tables."""
    return Room(shared_core)


@pytest.fixture
def topic(room: Room) -> Topic:
    """A table that only members may read."""
    return table_topic(room.make_table(visibility="members").name)


@pytest.fixture
def hub(room: Room) -> Iterator[Hub]:
    """A hub that knows tables, and hears of them only from the test."""
    with noting_greenlets() as begun:
        hub = Hub({"table": TablesSource(room.kit.database)})
        yield hub
    for subscriber in filter(None, list(hub.lot.by_fd)):
        hub.lot.drop(subscriber)
    gevent.killall(begun)


@pytest.fixture
def watching(room: Room, hub: Hub) -> Watching:
    """The way in to tables."""
    return Watching(room.kit.database, hub, Places(room.core.redis, "worker"))


@pytest.fixture
def ben(room: Room, topic: Topic) -> Reader:
    """Ben, whom the owner has let in to read."""
    person = room.make_person()
    set_member(room.kit, room.reader, topic.key, person.name, "reader")
    return Reader(person.id)


@pytest.fixture
def wait(hub: Hub, topic: Topic) -> Iterator[Wait]:
    """Wait for the table over a socket; returns the other end, which is closed with the test."""
    peers: list[Peer] = []

    def wait(reader: Reader) -> Peer:
        peers.append(Peer())
        hub.subscribe(peers[-1].fd, Wires(PlainText()).json_socket, [(topic, "")], reader=reader)
        return peers[-1]

    yield wait
    for peer in peers:
        peer.socket.close()
    gevent.sleep(0.01)


def take_out(room: Room, topic: Topic, reader: Reader) -> None:
    """Take a member out."""
    members = list_members(room.kit, room.reader, topic.key)
    name = next(one.person.name for one in members if one.person.id == reader.id)
    remove_member(room.kit, room.reader, topic.key, name)


def close_code(peer: Peer) -> int:
    """Wait until the other end says goodbye, and return its code."""
    return int.from_bytes(read_frames(peer.receive_all())[-1][1][:2])


def test_who_may_not_read_is_not_let_in(room: Room, watching: Watching, topic: Topic) -> None:
    stranger = Reader(room.make_person().id)

    for reader, error in ((stranger, Refused), (None, SignInFirst)):
        with pytest.raises(error):
            watching.enter(topic, reader)
    with pytest.raises(NotFound):
        watching.enter(Topic("table", "nobody-has-made-it"), stranger)

    assert watching.count([topic.key]) == {topic.key: 0}


def test_who_is_in_is_counted(watching: Watching, topic: Topic, ben: Reader, wait: Wait) -> None:
    watching.enter(topic, ben)
    wait(ben)
    watching.entered(topic)

    watching.doorkeeper.tell()

    assert watching.count([topic.key]) == {topic.key: 1}


def test_a_full_table_lets_nobody_in(room: Room, watching: Watching, topic: Topic) -> None:
    Places(room.core.redis, "another").tell({topic.key: WATCHERS_PER_TABLE})

    with pytest.raises(Crowded):
        watching.enter(topic, room.reader)


def test_who_is_taken_out_is_shown_out_and_the_others_stay(
    room: Room, watching: Watching, hub: Hub, topic: Topic, ben: Reader, wait: Wait
) -> None:
    _, member = wait(room.reader), wait(ben)

    take_out(room, topic, ben)
    watching.hear(f"table {topic.key}")

    assert close_code(member) == NOT_YOURS
    member.socket.close()
    until(lambda: hub.lot.count == 1)


def test_who_is_taken_out_on_the_way_in_is_shown_out(
    room: Room, watching: Watching, topic: Topic, ben: Reader, wait: Wait
) -> None:
    watching.enter(topic, ben)
    take_out(room, topic, ben)
    watching.hear(f"table {topic.key}")

    member = wait(ben)
    watching.entered(topic)

    assert close_code(member) == NOT_YOURS


def test_who_was_taken_out_while_nobody_was_heard_is_shown_out_after(
    room: Room, watching: Watching, topic: Topic, ben: Reader, wait: Wait
) -> None:
    member = wait(ben)

    take_out(room, topic, ben)
    watching.look_at_all()

    assert close_code(member) == NOT_YOURS


def test_everybody_is_shown_out_of_a_table_that_is_deleted(
    room: Room, watching: Watching, topic: Topic, wait: Wait
) -> None:
    owner = wait(room.reader)

    delete_table(room.kit, room.reader, topic.key)
    watching.hear(f"table {topic.key}")

    assert close_code(owner) == NOT_YOURS


def test_what_is_said_of_other_things_is_left(watching: Watching) -> None:
    for message in ("left 7", "table nobody-watches-it", "table", ""):
        watching.hear(message)
