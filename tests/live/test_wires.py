"""Every wire's exact bytes."""

from __future__ import annotations

import re

import pytest

from claps.live.wires import Wire, Wires, etag_of, news_messages, stream_head
from claps.plain.news import News
from claps.plain.topics import Topic, post_topic
from claps.plain.versions import Version
from tests.live.conftest import TOPIC, tell
from tests.live.peers import read_frames

BEFORE, NEWS = tell(40, claps=150), tell(41, claps=157)
OTHER = tell(7, claps=9, post_id=13)
STATE = '{"claps":157,"people":0,"likes":0,"views":0,"comments":0,"readers":0}'
ONE = [(TOPIC, "e.41")]
BOTH = [(TOPIC, "e.41"), (post_topic(13), "e.7")]


def test_news_has_one_shape_in_json() -> None:
    assert news_messages(NEWS) == [{"topic": "post:12", "version": "e.41", "state": NEWS.state}]
    assert news_messages(News(Topic("person", "7"), Version("e", 9), resync=True)) == [
        {"topic": "person:7", "version": "e.9", "resync": True}
    ]


def test_each_event_is_a_message_with_its_own_version() -> None:
    told = news_messages(News(Topic("person", "7"), Version("e", 9), events=({"n": 8}, {"n": 9})))

    assert told == [
        {"topic": "person:7", "version": "e.8", "event": {"n": 8}},
        {"topic": "person:7", "version": "e.9", "event": {"n": 9}},
    ]


def test_an_event_stream_never_claims_what_comes_later(wires: Wires) -> None:
    comments = Topic("comments", "12")
    events = News(comments, Version("l", 3), events=({"n": 2}, {"n": 3}))

    told = wires.event_stream.tell((events, NEWS), [(TOPIC, "e.41"), (comments, "l.3")], before=None)

    assert [line[4:] for line in told.decode().splitlines() if line.startswith("id: ")] == [",l.2", ",l.3", "e.41,l.3"]


def test_the_html_socket_sends_what_changed_as_one_frame(wires: Wires) -> None:
    changed = wires.html_socket.tell((NEWS,), ONE, before=BEFORE)
    whole = wires.html_socket.tell((NEWS,), ONE, before=None)

    assert changed == b"\x81\x0b<claps 157>"
    assert read_frames(whole) == [
        (1, b"<claps 157><comments 0><likes 0><people 0><readers 0><views 0>")
    ]


def test_the_html_socket_parks_the_poller_first_and_with_every_heartbeat(wires: Wires) -> None:
    parked = (1, b"[parked post:12@e.41]")

    assert read_frames(wires.html_socket.opening(ONE)) == [parked]
    assert read_frames(wires.html_socket.heartbeat(ONE)) == [parked, (9, b"")]


def test_the_json_socket_sends_one_frame_a_topic(wires: Wires) -> None:
    first, second = read_frames(wires.json_socket.tell((NEWS, OTHER), BOTH, before=BEFORE))

    assert first == (1, f'{{"topic":"post:12","version":"e.41","state":{STATE}}}'.encode())
    assert second[1].startswith(b'{"topic":"post:13","version":"e.7",')
    assert (wires.json_socket.opening(ONE), wires.json_socket.heartbeat(ONE)) == (b"", b"\x89\x00")


@pytest.mark.parametrize("name", ["html_socket", "json_socket"])
def test_a_socket_says_goodbye_with_a_code(wires: Wires, name: str) -> None:
    wire: Wire = getattr(wires, name)

    assert read_frames(wire.goodbye(1012, "service restart")) == [(8, b"\x03\xf4service restart")]


def test_the_event_stream_names_the_position_of_all_its_topics(wires: Wires) -> None:
    told = wires.event_stream.tell((NEWS,), BOTH, before=BEFORE)

    assert told.decode() == (
        f'id: e.41,e.7\ndata: {{"topic":"post:12","version":"e.41","state":{STATE}}}\n\n'
    )
    assert wires.event_stream.heartbeat(ONE) == b":\n\n"


def test_the_event_stream_ends_with_its_connection_and_says_when_to_come_back(wires: Wires) -> None:
    head = stream_head("text/event-stream; charset=utf-8", "Vary: Origin")

    assert b"Content-Length" not in head and b"chunked" not in head
    assert head.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n")
    assert b"\r\nConnection: close" in head and b"\r\nCache-Control: no-store" in head
    assert head.endswith(b"\r\nVary: Origin\r\n\r\n")
    assert re.fullmatch(rb"retry: [1-4][0-9]{3}\n\n", wires.event_stream.opening(ONE))


def test_the_frame_gets_a_paragraph_a_change(wires: Wires) -> None:
    assert wires.frame.tell((NEWS, OTHER), BOTH, before=BEFORE) == b"<p>157 claps</p>\n<p>9 claps</p>\n"
    assert wires.frame.heartbeat(ONE) == b"\n"
    assert wires.frame.goodbye(1012, "service restart") == b""


def test_a_json_poll_is_one_object_with_its_version_as_etag(wires: Wires) -> None:
    body = f'{{"topic":"post:12","version":"e.41","state":{STATE}}}\n'

    assert wires.json_poll.tell((NEWS,), ONE, before=BEFORE).decode() == (
        "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nConnection: close\r\nX-Content-Type-Options: nosniff\r\n"
        "Vary: Accept, Cookie\r\nContent-Type: application/json; charset=utf-8\r\n"
        f'Content-Length: {len(body)}\r\nETag: "e.41"\r\n\r\n{body}'
    )


def test_a_json_poll_of_several_topics_is_a_list_also_of_one(wires: Wires) -> None:
    told = wires.json_poll.tell((OTHER,), BOTH, before=None)

    assert told.partition(b"\r\n\r\n")[2].startswith(b'[{"topic":"post:13"')
    assert b'\r\nETag: "e.41,e.7"\r\n' in told


@pytest.mark.parametrize("name", ["json_poll", "text_poll"])
def test_a_poll_without_news_is_not_modified(wires: Wires, name: str) -> None:
    wire: Wire = getattr(wires, name)

    assert wire.nothing_new([NEWS], ONE).decode() == (
        "HTTP/1.1 304 Not Modified\r\nCache-Control: no-store\r\nConnection: close\r\n"
        'X-Content-Type-Options: nosniff\r\nVary: Accept, Cookie\r\nETag: "e.41"\r\n\r\n'
    )


def test_a_text_poll_is_a_number_and_a_newline(wires: Wires) -> None:
    told = wires.text_poll.tell((NEWS,), ONE, before=None)

    assert told.endswith(b'Content-Type: text/plain; charset=utf-8\r\nContent-Length: 4\r\nETag: "e.41"\r\n\r\n157\n')


def test_an_html_poll_is_everything_and_asks_again(wires: Wires) -> None:
    body = wires.html_poll.tell((NEWS,), ONE, before=BEFORE).partition(b"\r\n\r\n")[2]

    assert body.startswith(b"<claps 157><comments 0>")
    assert body.endswith(b"[every 3000ms post:12@e.41]")


def test_an_html_poll_without_news_is_a_200_that_asks_again(wires: Wires) -> None:
    told = wires.html_poll.nothing_new([NEWS], ONE)

    assert told.startswith(b"HTTP/1.1 200 OK\r\n")
    assert told.endswith(b"\r\n\r\n[every 3000ms post:12@e.41]")


def test_each_html_poller_gets_a_period_of_its_own_of_the_same_length(wires: Wires) -> None:
    told = wires.html_poll.tell((NEWS,), ONE, before=None)

    periods = {wires.html_poll.personal(told).partition(b"[every ")[2][:6] for _ in range(50)}

    assert len(periods) > 10
    assert all(re.fullmatch(rb"[2-5][0-9]{3}ms", period) for period in periods)


def test_a_held_page_is_whole_with_news_and_without(wires: Wires) -> None:
    page, both = wires.held_page, [NEWS, OTHER]

    for told in (page.tell(both, BOTH, before=None), page.nothing_new(both, BOTH)):
        assert told.startswith(b"HTTP/1.1 200 OK\r\n")
        assert told.endswith(b"<html>157 claps; 9 claps</html>")


def test_a_kept_connection_differs_in_one_word(wires: Wires) -> None:
    for wire, kept in wires.kept.items():
        ending, staying = (each.tell((NEWS,), ONE, before=None) for each in (wire, kept))

        assert ending.replace(b"Connection: close", b"Connection: keep-alive") == staying


def test_what_stays_can_be_told_to_many_at_once(wires: Wires) -> None:
    staying = {wire.name for wire in vars(wires).values() if isinstance(wire, Wire) and wire.stays}

    assert staying == {"socket-html", "socket-json", "event-stream", "frame"}


def test_positions_are_spelled_as_clients_send_them_back() -> None:
    assert etag_of(BOTH) == "e.41,e.7"
    assert stream_head("text/html").endswith(b"\r\n\r\n")
