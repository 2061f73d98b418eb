"""A dashboard that the crowd watches."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from claps.crowd.connections import Loop
from claps.crowd.desks import DeskWatcher, Writer
from claps.crowd.frames import ACCEPT
from claps.crowd.people import Company, Member
from claps.crowd.sightings import DASHBOARD, EVERY_WIRE, WatchedPost, measure
from claps.crowd.targets import find_target
from claps.crowd.visits import Account
from claps.live.framing import text_frame
from claps.live.messages import dump

ACCOUNT = Account("crowd_1", "a long password", "session=1")


@pytest.fixture
def desk() -> Iterator[DeskWatcher]:
    """A dashboard that shows 10 claps, all of them acknowledged; the handshake is over."""
    loop = Loop(find_target("http://127.0.0.1:1", anywhere=False))
    desk = DeskWatcher(loop, Writer(ACCOUNT, 7, 12), WatchedPost(12))
    desk.arrived(b"HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: " + ACCEPT + b"\r\n\r\n" + told(0))
    for count in range(1, 11):
        desk.post.acknowledge(count, time.monotonic())
    desk.arrived(told(10))
    yield desk
    loop.close()


def told(claps: int, *, lately: int | None = None, likes: int = 0) -> bytes:
    """What a server says of a dashboard."""
    minutes = [0] * 29 + [claps if lately is None else lately]
    sums = {"claps": claps, "likes": likes, "minutes": {"claps": minutes}}
    return text_frame(dump({"topic": "writer:7", "version": "e.1", "state": {"all": sums, "posts": []}}))


def test_the_time_from_clap_to_dashboard_is_measured_apart_from_readers(desk: DeskWatcher) -> None:
    sights = measure([desk.post])

    assert (sights[DASHBOARD].pairs, sights[EVERY_WIRE].pairs) == (10, 0)


def test_a_frame_that_comes_in_two_parts_is_put_together(desk: DeskWatcher) -> None:
    data = told(11)

    desk.arrived(data[:9])
    desk.arrived(data[9:])

    assert desk.claps == 11


def test_what_was_acknowledged_and_nothing_else_is_right(desk: DeskWatcher) -> None:
    assert desk.find_faults([], unsure=0, seconds=30) == []

    desk.arrived(told(11, lately=9))

    faults = desk.find_faults([], unsure=0, seconds=30)
    assert faults == [
        "The dashboard says 11 claps in all; 10 were acknowledged.",
        "The dashboard says 9 claps in the last 30 minutes; 10 were acknowledged.",
    ]
    assert len(desk.find_faults([], unsure=1, seconds=30)) == 1
    assert desk.find_faults([], unsure=1, seconds=3_600) == []


def test_likes_are_those_of_the_crowds_people(desk: DeskWatcher) -> None:
    company = Company(Loop(find_target("http://127.0.0.1:1", anywhere=False)), [desk.post], people=0)
    fan, taken_back, unsure = (Member(company, ACCOUNT) for _ in range(3))
    fan.likes[12], taken_back.likes[12], unsure.likes[12] = True, False, None

    found = []
    for likes in range(4):
        desk.arrived(told(10, likes=likes))
        found.append(bool(desk.find_faults([fan, taken_back, unsure], unsure=0, seconds=30)))

    company.loop.close()
    assert found == [True, False, False, True]


def test_a_dashboard_that_never_opened_is_a_fault() -> None:
    loop = Loop(find_target("http://127.0.0.1:1", anywhere=False))
    desk = DeskWatcher(loop, Writer(ACCOUNT, 7, 12), WatchedPost(12))

    assert desk.find_faults([], unsure=0, seconds=30) == ["The dashboard could not be opened."]
    loop.close()
