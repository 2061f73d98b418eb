"""A log that is told from its beginning comes in parts: one after the other, each with a place to go on from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gevent
import pytest

from claps.live.hub import Hub
from claps.live.sources import Astray
from claps.live.wires import Wires
from claps.plain.news import News
from claps.plain.topics import Topic
from claps.plain.versions import PAGED, Version, parse_position
from tests.live.book import LOG, Book, collect, publish, subscribe, watch
from tests.live.conftest import MakeHub, MakePeer
from tests.live.peers import until

PARTS = 6


class PagedBook(Book):
    """A log with a snapshot in six parts; ``astray`` is how many of its openings break off in the middle."""

    def __init__(self) -> None:
        super().__init__()
        self.astray, self.parts_read, self.part_bytes = 0, 0, 10

    def opening(self, topic: Topic, at: str = "") -> Iterator[News]:
        """The parts behind a cursor, then the end."""
        gevent.sleep(0.001)
        position, version = parse_position(at), Version(self.epoch, len(self.events))
        begun = 0
        if position is not None and position.version.epoch == self.epoch and position.cursor:
            begun = PARTS if position.cursor == PAGED else int(position.cursor)
        elif position is not None:
            yield News(topic, version, resync=True, cursor="")
        for part in range(begun + 1, PARTS + 1):
            if part == 4 and self.astray:
                self.astray -= 1
                raise Astray
            self.parts_read += 1
            state = {"part": part, "text": "x" * self.part_bytes}
            yield News(topic, version, state=state, cursor=str(part) if part < PARTS else PAGED)
        yield News(topic, version, ends_snapshot=True)


@pytest.fixture
def paged(make_hub: MakeHub) -> tuple[Hub, PagedBook]:
    """A hub that knows such a log with three events."""
    book = PagedBook()
    book.write(3)
    hub = make_hub({"table": book})
    watch(hub).news = News(LOG, Version("e", 3))
    return hub, book


def parts_of(told: list[Any]) -> list[Any]:
    """What was told: the numbers of parts and events, "resync"; the end is "resync" to the book's eyes as well."""
    return [one["part"] if isinstance(one, dict) else one for one in told]


def test_one_who_has_seen_nothing_is_told_all_parts_and_then_what_is_new(
    paged: tuple[Hub, PagedBook], wires: Wires, make_peer: MakePeer
) -> None:
    hub, book = paged
    peer = make_peer()

    subscriber = subscribe(hub, peer, wires.json_socket, "")
    until(lambda: subscriber in watch(hub).groups.get(wires.json_socket, {}))
    book.write()
    publish(hub, book, "4!")

    assert parts_of(collect(peer, PARTS + 2)) == [1, 2, 3, 4, 5, 6, "resync", 4]


def test_who_was_cut_off_within_it_goes_on_there(
    paged: tuple[Hub, PagedBook], wires: Wires, make_peer: MakePeer
) -> None:
    peer = make_peer()

    subscribe(paged[0], peer, wires.json_socket, "e.3~4")

    assert parts_of(collect(peer, 3)) == [5, 6, "resync"]


def test_nothing_is_read_ahead_of_one_who_reads_slowly(
    paged: tuple[Hub, PagedBook], wires: Wires, make_peer: MakePeer
) -> None:
    hub, book = paged
    book.part_bytes = 300_000
    peer = make_peer(send_buffer=4_096)

    subscribe(hub, peer, wires.json_socket, "")
    until(lambda: book.parts_read)
    gevent.sleep(0.1)
    read_ahead = book.parts_read
    received = peer.receive()
    while b'"snapshot":"end"' not in received[-100:]:
        received += peer.receive()

    assert (read_ahead, book.parts_read) == (1, PARTS)
    assert received.count(b'"part":') == PARTS


def test_what_breaks_off_in_the_middle_is_begun_anew(
    paged: tuple[Hub, PagedBook], wires: Wires, make_peer: MakePeer
) -> None:
    hub, book = paged
    book.astray = 1
    book.epoch, before = "f", book.epoch
    watch(hub).news = News(LOG, Version("f", 3))
    peer = make_peer()

    subscribe(hub, peer, wires.json_socket, f"{before}.3")

    assert parts_of(collect(peer, 8))[:8] == ["resync", 1, 2, 3, 4, 5, 6, "resync"]


def test_a_poll_is_told_one_part_at_a_time(paged: tuple[Hub, PagedBook], wires: Wires, make_peer: MakePeer) -> None:
    first, last = make_peer(), make_peer()

    subscribe(paged[0], first, wires.json_poll, "e.3~1")
    subscribe(paged[0], last, wires.json_poll, "e.3~5")

    answers = [peer.receive_all().decode() for peer in (first, last)]
    assert 'ETag: "e.3~2"' in answers[0] and answers[0].count('"part"') == 1
    assert 'ETag: "e.3"' in answers[1] and '"snapshot":"end"' in answers[1]


def test_programs_are_told_all_when_their_worker_missed_what_is_not_kept_and_pages_that_they_are_stale(
    paged: tuple[Hub, PagedBook], wires: Wires, make_peer: MakePeer
) -> None:
    hub, book = paged
    program, page, poll = make_peer(), make_peer(), make_peer()
    for peer, wire in ((program, wires.json_socket), (page, wires.frame), (poll, wires.json_poll)):
        subscribe(hub, peer, wire, "e.3")
    until(lambda: sum(map(len, watch(hub).groups.values())) == 3)

    book.write(50)
    book.oldest = 40
    publish(hub, book, "53!")

    assert parts_of(collect(program, PARTS + 2)) == ["resync", 1, 2, 3, 4, 5, 6, "resync"]
    assert 'ETag: "e.53~1"' in poll.receive_all().decode()
    until(lambda: watch(hub).news == News(LOG, Version("e", 53)))
    page.socket.close()
