"""Who waits in this process: what they are told first, and how they leave."""

from __future__ import annotations

import gevent
import pytest

from claps.live.hub import Hub
from claps.live.returning import Rest, read_head
from claps.live.subscribers import Subscriber
from claps.live.wires import Wire, Wires
from claps.plain.limits import PING_SLOTS, TOPIC_LINGER_SECONDS
from claps.plain.topics import Topic
from tests.live.conftest import OTHER, TOPIC, Board, Clock, MakeHub, MakePeer, PlainText, know, tell
from tests.live.peers import Peer, read_frames, until


def subscribe(hub: Hub, peer: Peer, wire: Wire, *seen: str, wait_seconds: float = 25) -> Subscriber:
    """Let a peer wait for post 12, and for post 13 when two versions are given."""
    asks = list(zip((TOPIC, OTHER), seen or ("",), strict=False))
    return hub.subscribe(peer.fd, wire, asks, wait_seconds=wait_seconds)


def test_what_was_not_seen_is_told_at_once(hub: Hub, wires: Wires, make_peer: MakePeer) -> None:
    know(hub, 41)
    peers = [make_peer() for _ in range(3)]

    for peer, seen in zip(peers, ("", "e.40", "d.99"), strict=True):
        subscribe(hub, peer, wires.frame, seen)

    assert [peer.take() for peer in peers] == [b"<p>41 claps</p>\n"] * 3


def test_what_was_seen_is_not_told_again(hub: Hub, wires: Wires, make_peer: MakePeer) -> None:
    know(hub, 41)
    peer = make_peer()

    subscribe(hub, peer, wires.frame, "e.41")

    assert peer.take() == b""


def test_who_comes_before_anything_is_known_is_told_when_it_is(hub: Hub, wires: Wires, make_peer: MakePeer) -> None:
    knowing, unknowing = make_peer(), make_peer()
    subscribe(hub, knowing, wires.frame, "e.41")
    subscribe(hub, unknowing, wires.frame, "")

    know(hub, 41)

    assert (knowing.take(), unknowing.take()) == (b"", b"<p>41 claps</p>\n")


def test_the_opening_comes_before_everything(hub: Hub, wires: Wires, make_peer: MakePeer) -> None:
    know(hub, 41)
    peer = make_peer()

    hub.subscribe(peer.fd, wires.html_socket, [(TOPIC, "")], opening=b"HTTP/1.1 101 \r\n\r\n")

    opening, _, frames = peer.take().partition(b"\r\n\r\n")
    assert opening == b"HTTP/1.1 101 "
    assert read_frames(frames)[0][1].startswith(b"[parked post:12@")


def test_one_answer_has_the_news_of_all_topics_that_have_any(hub: Hub, wires: Wires, make_peer: MakePeer) -> None:
    know(hub, 41, 7)
    both, one = make_peer(), make_peer()

    subscribe(hub, both, wires.json_poll, "e.40", "")
    subscribe(hub, one, wires.json_poll, "e.41", "e.6")

    told = [peer.receive_all().decode().partition("\r\n\r\n")[2] for peer in (both, one)]
    assert [text.count('"topic"') for text in told] == [2, 1]
    assert '"version":"e.7"' in told[1]


def test_who_will_not_wait_is_answered_at_once(hub: Hub, wires: Wires, make_peer: MakePeer) -> None:
    know(hub, 41)
    peer = make_peer()

    subscribe(hub, peer, wires.json_poll, "e.41", wait_seconds=0)

    assert peer.receive_all().startswith(b"HTTP/1.1 304 ")


def test_who_has_waited_long_enough_is_told_that_there_is_nothing(
    clock: Clock, hub: Hub, wires: Wires, make_peer: MakePeer
) -> None:
    know(hub, 41)
    peers = [make_peer(), make_peer()]
    subscribe(hub, peers[0], wires.json_poll, "e.41")
    subscribe(hub, peers[1], wires.html_poll, "e.41")

    clock.ahead += 29

    assert peers[0].receive_all().startswith(b"HTTP/1.1 304 ")
    assert peers[1].receive_all().endswith(b"ms post:12@e.41]")


def test_a_topic_stays_for_a_moment_after_its_last_reader_and_goes_then(
    clock: Clock, hub: Hub, wires: Wires, make_peer: MakePeer
) -> None:
    know(hub, 41)
    hub.lot.drop(subscribe(hub, make_peer(), wires.frame))
    gevent.sleep(0.03)
    lingering = hub.news_of(TOPIC)

    clock.ahead += TOPIC_LINGER_SECONDS + 0.1
    until(lambda: TOPIC not in hub.watches)

    assert lingering is not None
    assert hub.unsettled == set()


def test_a_topic_does_not_go_while_somebody_watches(
    clock: Clock, hub: Hub, wires: Wires, make_peer: MakePeer
) -> None:
    know(hub, 41)
    subscribe(hub, make_peer(), wires.frame)

    clock.ahead += 1_000
    gevent.sleep(0.03)

    assert TOPIC in hub.watches


def test_who_answers_pings_stays_and_who_does_not_is_dropped(hub: Hub, wires: Wires, make_peer: MakePeer) -> None:
    living, dead = make_peer(), make_peer()
    for peer in (living, dead):
        subscribe(hub, peer, wires.json_socket)
    subscribers = [hub.lot.by_fd[peer.fd] for peer in (living, dead)]

    while subscribers[1] is not None and subscribers[1].alive:
        assert living.receive_until(b"\x89\x00")
        living.send_frame(10)

    assert subscribers[0] is not None and subscribers[0].alive
    assert dead.receive_all() == b"\x89\x00"


def test_everybody_is_pinged_once_in_a_round(hub: Hub, wires: Wires, make_peer: MakePeer) -> None:
    peers = [make_peer() for _ in range(PING_SLOTS // 10)]
    for peer in peers:
        subscribe(hub, peer, wires.event_stream)
        peer.receive()

    assert {peer.receive() for peer in peers} == {b":\n\n"}


def test_a_ping_is_answered_and_a_close_as_well(hub: Hub, wires: Wires, make_peer: MakePeer) -> None:
    peer = make_peer()
    subscriber = subscribe(hub, peer, wires.json_socket)

    peer.send_frame(9, b"there?")
    pong = peer.receive_until(b"\x8a\x06there?")
    peer.send_frame(8, b"\x03\xe8")

    assert pong
    assert peer.receive_all().endswith(b"\x88\x02\x03\xe8")
    assert (hub.watches[TOPIC].is_idle, subscriber.alive) == (True, True)  # until its peer has closed


def test_half_a_frame_is_remembered_and_nothing_else(hub: Hub, wires: Wires, make_peer: MakePeer) -> None:
    said: list[str] = []
    hub.said = lambda _, text: said.append(text)
    peer, other = make_peer(), make_peer()
    subscriber, _ = subscribe(hub, peer, wires.json_socket), subscribe(hub, other, wires.json_socket)

    peer.socket.sendall(b"\x81\x82\x00\x00")
    until(lambda: subscriber.parser)
    other.send_frame(1, b"ho")
    until(lambda: said)
    peer.socket.sendall(b"\x00\x00hi")
    until(lambda: len(said) == 2)

    assert (said, subscriber.parser) == (["ho", "hi"], None)


@pytest.mark.parametrize(("name", "opcode", "code"), [("html_socket", 1, 1003), ("json_socket", 2, 1003)])
def test_what_nobody_wants_to_hear_closes_the_socket(
    hub: Hub, wires: Wires, make_peer: MakePeer, name: str, opcode: int, code: int
) -> None:
    hub.said = lambda *_: None
    peer = make_peer()
    subscribe(hub, peer, getattr(wires, name))

    peer.send_frame(opcode, b"hello")

    assert read_frames(peer.receive_all())[-1][1][:2] == code.to_bytes(2, "big")


def test_who_reads_one_post_and_no_list_is_counted_until_leaving(hub: Hub, wires: Wires, make_peer: MakePeer) -> None:
    readers = [subscribe(hub, make_peer(), wires.frame), subscribe(hub, make_peer(), wires.json_socket)]
    subscribe(hub, make_peer(), wires.json_socket, "", "")
    for wire in ((listed := Wires(PlainText(), listed=True)).html_socket, *listed.kept.values()):
        subscribe(hub, make_peer(), wire)
    watch = hub.watches[TOPIC]
    before = watch.readers

    hub.lot.drop(readers[0])

    assert (before, watch.readers, hub.watches[OTHER].readers) == (2, 1, 0)
    assert watch in hub.unsettled


def test_a_poller_counts_on_between_its_polls(
    clock: Clock, hub: Hub, wires: Wires, make_peer: MakePeer
) -> None:
    know(hub, 41)
    subscribe(hub, make_peer(), wires.text_poll, "")  # answered at once
    watch = hub.watches[TOPIC]
    between = watch.count_readers(clock.monotonic())

    subscribe(hub, make_peer(), wires.text_poll, "e.41")

    assert (between, watch.count_readers(clock.monotonic())) == (1, 1)


def test_a_stopping_worker_tells_everybody_to_come_back(hub: Hub, wires: Wires, make_peer: MakePeer) -> None:
    know(hub, 41)
    kinds = ("html_socket", "json_socket", "event_stream", "json_poll")
    peers = {name: make_peer() for name in kinds}
    for name, peer in peers.items():
        subscribe(hub, peer, getattr(wires, name), "e.41")
    draining = gevent.spawn(hub.drain)

    told = {}
    for name, peer in peers.items():
        told[name] = peer.receive_all()
        peer.socket.close()
    draining.get(timeout=5)

    assert read_frames(told["html_socket"])[-1] == read_frames(told["json_socket"])[-1]
    assert read_frames(told["json_socket"])[-1] == (8, b"\x03\xf4service restart")
    assert told["json_poll"].startswith(b"HTTP/1.1 304 ")
    assert hub.lot.count == 0


def test_who_comes_to_a_stopping_worker_is_sent_on(hub: Hub, wires: Wires, make_peer: MakePeer) -> None:
    hub.draining = True
    peer = make_peer()

    subscribe(hub, peer, wires.json_socket)

    assert read_frames(peer.receive_all()) == [(8, b"\x03\xf4service restart")]
    assert TOPIC not in hub.watches


def test_a_topic_can_be_read_without_watching(make_hub: MakeHub) -> None:
    hub = make_hub({"post": Board(tell(41))})

    news = hub.read(TOPIC)

    assert news is not None and str(news.version) == "e.41"
    assert hub.read(Topic("post", "99")) is None
    assert hub.watches == {}


def test_a_poller_that_returns_with_the_same_question_is_let_in_again(
    hub: Hub, wires: Wires, make_peer: MakePeer
) -> None:
    hub.lot.hand_back = lambda fd, data: None
    request = b"GET /live?topic=post:12&since=e.40 HTTP/1.1\r\nHost: claps\r\n\r\n"
    head = read_head(request)
    assert head is not None
    know(hub, 41)
    peer = make_peer()
    hub.subscribe(
        peer.fd, wires.kept[wires.text_poll], [(TOPIC, "e.40")], wait_seconds=25, rest=Rest(head.mark, (TOPIC,), 25)
    )
    first = peer.receive_until(b"\r\n\r\n41\n")

    peer.socket.sendall(request.replace(b"e.40", b"e.41"))
    until(lambda: not hub.watches[TOPIC].is_idle)
    hub.fan_out.offer(hub.watches[TOPIC], tell(42))

    assert b"Connection: keep-alive" in first
    assert peer.receive_until(b"\r\n\r\n42\n")


def test_another_question_on_a_resting_connection_goes_to_the_http_server(
    hub: Hub, wires: Wires, make_peer: MakePeer
) -> None:
    given: list[bytes] = []
    hub.lot.hand_back = lambda fd, data: given.append(data)
    know(hub, 41)
    peer = make_peer()
    hub.subscribe(
        peer.fd, wires.kept[wires.text_poll], [(TOPIC, "e.40")], wait_seconds=25, rest=Rest(7, (TOPIC,), 25)
    )

    peer.socket.sendall(b"GET / HTTP/1.1\r\n\r\n")
    until(lambda: given)

    assert given == [b"GET / HTTP/1.1\r\n\r\n"]
    assert hub.lot.count == 0
