"""Who comes to stay waits for a turn when many do, and others are served meanwhile."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import gevent
import pytest

from claps.plain.patience import STAYING_IN_WORK
from claps.running import coming as coming_module
from claps.running.coming import KNOCKS_FIRST, Coming
from claps.running.door import STAYING, Door
from claps.running.listener import HeldSocket
from tests.live.peers import until
from tests.parts.claps_server import ClapsServer

LIVE = b"GET /live?topic=post:1 HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"
CROWD = 30
Knock = Callable[[str], socket.socket]


class Listener:
    """Serves nobody, and notes whose turn it was."""

    closed = False

    def __init__(self) -> None:
        self.let_in: list[str] = []
        self.noted: list[int] = []
        self.noting: Callable[[], int] | None = None

    def do_handle(self, client: HeldSocket, address: tuple[str, int]) -> None:
        """Let one in."""
        self.let_in.append(address[0])
        if self.noting is not None:
            self.noted.append(self.noting())
        client.close()


@pytest.fixture
def listener() -> Listener:
    """Where they are let in."""
    return Listener()


@pytest.fixture
def coming() -> Iterator[Coming]:
    """A worker to which readers come back; at most four of them wait."""
    coming = Coming(lambda client: Door().turn_away(client, STAYING), most=4)
    yield coming
    coming.turn_all_away()


@pytest.fixture
def knock(coming: Coming, listener: Listener) -> Iterator[Knock]:
    """Come to stay, from an address; returned is the reader's end."""
    with ExitStack() as ends:

        def knock(address: str) -> socket.socket:
            ours, theirs = socket.socketpair()
            ends.enter_context(theirs)
            theirs.settimeout(10)
            coming.keep(listener, HeldSocket(ours.detach(), LIVE), (address, 1))
            return theirs

        yield knock


def test_of_many_each_address_has_its_turn(coming: Coming, listener: Listener, knock: Knock) -> None:
    for address in ("a", "a", "b", "c"):
        knock(address)

    until(lambda: not coming.count)

    assert listener.let_in == ["a", "b", "c", "a"]


def test_when_too_many_wait_the_last_of_whoever_has_most_is_told_to_come_back(
    coming: Coming, listener: Listener, knock: Knock
) -> None:
    *_, newest, _ = [knock(address) for address in ("a", "a", "b", "a", "c")]

    assert newest.recv(64).startswith(b"HTTP/1.1 503 ")
    until(lambda: not coming.count)
    assert listener.let_in == ["a", "b", "c", "a"]


def test_who_has_gone_while_many_waited_is_not_served(
    coming: Coming, listener: Listener, knock: Knock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coming_module, "GONE_SECONDS", -1.0)
    knock("gone").close()
    knock("here")

    until(lambda: not coming.count)

    assert listener.let_in == ["here"]


def test_who_says_no_more_and_listens_is_served_or_told_to_come_back(
    coming: Coming, listener: Listener, knock: Knock, monkeypatch: pytest.MonkeyPatch
) -> None:
    knock("soon").shutdown(socket.SHUT_WR)
    until(lambda: not coming.count)
    monkeypatch.setattr(coming_module, "GONE_SECONDS", -1.0)
    late = knock("late")
    late.shutdown(socket.SHUT_WR)
    until(lambda: not coming.count)

    assert late.recv(64).startswith(b"HTTP/1.1 503 ")
    assert listener.let_in == ["soon"]


def test_so_many_a_second_are_let_in(
    coming: Coming, listener: Listener, knock: Knock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coming_module, "STAYING_PER_SECOND", 0.001)
    monkeypatch.setattr(coming_module, "STAYING_AT_ONCE", 1)
    ends = [knock(address) for address in "abcd"]

    until(lambda: listener.let_in == ["a", "b"])

    coming.turn_all_away()
    assert [end.recv(64)[9:12] for end in ends] == [b"", b"", b"503", b"503"]


def test_while_as_many_are_on_their_way_as_may_be_the_next_waits(
    coming: Coming, listener: Listener, knock: Knock
) -> None:
    with ExitStack() as on_their_way:
        for _ in range(STAYING_IN_WORK):
            on_their_way.enter_context(coming.passing())
        knock("a")
        gevent.sleep(0)
        assert coming.count == 1 and not listener.let_in

    until(lambda: listener.let_in == ["a"])


def test_while_others_knock_they_are_looked_at_first(coming: Coming, listener: Listener, knock: Knock) -> None:
    def knock_on() -> None:
        while True:
            coming.knocks += 1
            gevent.sleep(0)

    knock("a")
    until(lambda: listener.let_in)
    for address in "bc":
        knock(address)
    listener.noting = lambda: coming.knocks
    others = gevent.spawn(knock_on)
    until(lambda: not coming.count)
    others.kill()

    second, third = listener.noted
    assert third - second >= KNOCKS_FIRST


def test_who_wants_a_page_is_served_before_those_who_came_first_to_stay(tmp_path: Path) -> None:
    slow = ("gunicorn", "-k", "claps.running.worker.Worker", "tests.running.slow_site:app")
    server = ClapsServer(tmp_path, command=slow)
    server.start()
    try:
        with ExitStack() as crowd:
            staying = [crowd.enter_context(socket.create_connection(("127.0.0.1", server.port))) for _ in range(CROWD)]
            for sock in staying:
                sock.sendall(LIVE)

            answer = server.open_client().get("/", seconds=60)

            assert answer.status == 200 and int(answer.text) < CROWD
            assert [sock.makefile("rb").read().partition(b" ")[2][:3] for sock in staying] == [b"200"] * CROWD
    finally:
        server.stop()
