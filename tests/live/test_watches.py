"""A watched topic and those who wait."""

from __future__ import annotations

from claps.live.subscribers import Subscriber
from claps.live.watches import AWAY_SECONDS, Watch
from claps.live.wires import Wire, Wires
from claps.plain.limits import TOPIC_LINGER_SECONDS
from claps.plain.topics import post_topic
from tests.live.conftest import TOPIC, Clock, tell


def subscriber(wire: Wire, *watches: Watch) -> Subscriber:
    """One who waits for some topics."""
    found = Subscriber(9, wire, None)
    found.watches = watches
    for watch in watches:
        watch.add(found)
    return found


def test_who_gets_the_same_bytes_stands_in_one_group(wires: Wires) -> None:
    watch = Watch(TOPIC)

    first, second = subscriber(wires.json_socket, watch), subscriber(wires.json_socket, watch)
    stream = subscriber(wires.event_stream, watch)

    assert watch.groups == {wires.json_socket: dict.fromkeys((first, second)), wires.event_stream: {stream: None}}


def test_who_gets_positions_of_several_topics_stands_alone(wires: Wires) -> None:
    watch, other = Watch(TOPIC), Watch(post_topic(13))

    socket, stream = subscriber(wires.json_socket, watch, other), subscriber(wires.event_stream, watch, other)

    assert watch.groups == other.groups == {wires.json_socket: {socket: None}}
    assert watch.singles == other.singles == {stream}


def test_an_empty_topic_may_go_after_a_while_and_not_at_once(clock: Clock, wires: Wires) -> None:
    watch = Watch(TOPIC)
    reader = subscriber(wires.json_poll, watch)
    watched = watch.may_go(clock.monotonic() + 1_000)

    watch.discard(reader)

    assert (watched, watch.is_idle, watch.may_go(clock.monotonic())) == (False, True, False)
    assert watch.may_go(clock.monotonic() + TOPIC_LINGER_SECONDS + 0.1)


def test_who_was_never_in_can_leave(wires: Wires) -> None:
    watch = Watch(TOPIC)
    reader = subscriber(wires.json_poll, watch)

    watch.discard(Subscriber(10, wires.event_stream, None))

    assert watch.groups == {wires.json_poll: {reader: None}}


def test_a_poller_between_two_polls_is_still_reading(clock: Clock) -> None:
    watch = Watch(TOPIC)
    watch.readers = 2

    watch.note_away()
    watch.note_away()
    watch.note_back()

    assert watch.count_readers(clock.monotonic()) == 3
    assert watch.count_readers(clock.monotonic() + AWAY_SECONDS + 0.1) == 2


def test_coming_back_from_nowhere_takes_nobody_away(clock: Clock) -> None:
    watch = Watch(TOPIC)

    watch.note_back()

    assert watch.count_readers(clock.monotonic()) == 0


def test_a_version_that_is_not_known_yet_is_empty() -> None:
    watch = Watch(TOPIC)
    before = watch.version_text

    watch.news = tell(41)

    assert (before, watch.version_text) == ("", "e.41")
