"""Nobody's request hides in another's, neither behind nginx nor without it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.attacks.wire import exchange, statuses
from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Client
from tests.parts.nginx_server import NginxServer

# Whoever reads this as a request counts five claps.
HIDDEN = (
    b"POST /posts/9/claps HTTP/1.1\r\nHost: claps\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 7\r\n\r\nclaps=5"
)
SIZE = str(len(HIDDEN)).encode()
CHUNK = b"%x\r\n%b\r\n0\r\n\r\n" % (len(HIDDEN), HIDDEN)


def request(line: bytes, *headers: bytes, body: bytes) -> bytes:
    """A request to the letter."""
    return b"\r\n".join([line + b" HTTP/1.1", b"Host: claps", *headers]) + b"\r\n\r\n" + body


LENGTH_AND_CHUNKS = (b"POST /logout", b"Content-Length: %d" % (5 + len(HIDDEN)), b"Transfer-Encoding: chunked")
# What two servers may read in two ways. Claps refuses each and closes: nothing behind it is believed.
TWO_WAYS = {
    "a length and chunks": request(*LENGTH_AND_CHUNKS, body=b"0\r\n\r\n" + HIDDEN),
    "chunks and a length": request(
        b"POST /logout", b"Transfer-Encoding: chunked", b"Content-Length: 4", body=b"%x\r\n" % len(HIDDEN) + HIDDEN
    ),
    "two lengths": request(b"POST /logout", b"Content-Length: 0", b"Content-Length: " + SIZE, body=HIDDEN),
    "the same length twice": request(b"POST /logout", b"Content-Length: 1", b"Content-Length: 1", body=b"x" + HIDDEN),
    "a list of lengths": request(b"POST /logout", b"Content-Length: 0, " + SIZE, body=HIDDEN),
    "a length with a sign": request(b"POST /logout", b"Content-Length: +" + SIZE, body=HIDDEN),
    "a length in hexadecimal": request(b"POST /logout", b"Content-Length: 0x10", body=HIDDEN),
    "a length below nothing": request(b"POST /logout", b"Content-Length: -1", body=HIDDEN),
    "a length in other digits": request(b"POST /logout", "Content-Length: ٣".encode(), body=HIDDEN),
    "a space before the colon": request(b"POST /logout", b"Transfer-Encoding : chunked", body=CHUNK),
    "a folded line": request(b"POST /logout", b"X: 1", b" Transfer-Encoding: chunked", body=CHUNK),
    "a folded coding": request(b"POST /logout", b"Transfer-Encoding:\r\n chunked", body=CHUNK),
    "a coding that is none": request(b"POST /logout", b"Transfer-Encoding: xchunked", body=CHUNK),
    "chunks twice": request(b"POST /logout", b"Transfer-Encoding: chunked, chunked", body=CHUNK),
    "chunks, then something else": request(b"POST /logout", b"Transfer-Encoding: chunked, identity", body=CHUNK),
    "a bare line feed": request(b"POST /logout", b"X: 1\nTransfer-Encoding: chunked", body=CHUNK),
    "a bare carriage return": request(b"POST /logout", b"X: 1\rTransfer-Encoding: chunked", body=CHUNK),
    "two hosts": request(b"POST /logout", b"Host: evil.example", b"Content-Length: 0", body=HIDDEN),
    "chunks of an old version": b"POST /logout HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNK,
    "a chunk of no size": request(b"POST /logout", b"Transfer-Encoding: chunked", body=b"0x0\r\n\r\n" + HIDDEN),
    "a chunk that does not end": request(b"POST /logout", b"Transfer-Encoding: chunked", body=b"1\r\nxx" + HIDDEN),
    "a bare line feed in a chunk": request(b"POST /logout", b"Transfer-Encoding: chunked", body=b"0\n\n" + HIDDEN),
}
# What is read in one way by everybody, and by us not at all.
UNREAD = {
    "a question with a body": request(b"GET /healthz", b"Content-Length: " + SIZE, body=HIDDEN),
    "a question in chunks": request(b"GET /healthz", b"Transfer-Encoding: chunked", body=CHUNK),
    "a poll with a body": request(
        b"GET /live?topic=post:9&wait=0", b"Accept: application/json", b"Content-Length: " + SIZE, body=HIDDEN
    ),
    "a poll in chunks": request(
        b"GET /live?topic=post:9&wait=0", b"Accept: application/json", b"Transfer-Encoding: chunked", body=CHUNK
    ),
    "a form that reads nothing": request(b"POST /logout", b"Content-Length: " + SIZE, body=HIDDEN),
    "an upgrade with a body": request(
        b"GET /live?topic=post:9", b"Upgrade: websocket", b"Connection: Upgrade", b"Sec-WebSocket-Version: 12",
        b"Content-Length: " + SIZE, body=HIDDEN,
    ),
    "a page that is not there": request(b"POST /nowhere", b"Content-Length: " + SIZE, body=HIDDEN),
}


def claps_of(port: int) -> int:
    """What post 9 has."""
    answer = Client(port).get("/live?topic=post:9&wait=0", headers={"Accept": "application/json"})
    return int(answer.json["state"]["claps"])


def test_what_may_be_read_in_two_ways_is_refused_and_nothing_behind_it_is_believed(attacked: ClapsServer) -> None:
    before = claps_of(attacked.port)

    answers = {name: statuses(exchange(attacked.port, octets)) for name, octets in TWO_WAYS.items()}

    assert {name: found for name, found in answers.items() if found not in ([400], [501])} == {}
    assert claps_of(attacked.port) == before


def test_a_body_that_nobody_reads_is_never_the_next_request(attacked: ClapsServer) -> None:
    before = claps_of(attacked.port)

    def ask(octets: bytes) -> list[list[int]]:
        """The statuses of what comes in one piece, and of what comes with its body behind the answer."""
        end = octets.index(b"\r\n\r\n") + 4
        return [statuses(exchange(attacked.port, *pieces)) for pieces in ((octets,), (octets[:end], octets[end:]))]

    with ThreadPoolExecutor() as threads:
        answers = dict(zip(UNREAD, threads.map(ask, UNREAD.values()), strict=True))

    assert claps_of(attacked.port) == before
    assert {name: found for name, found in answers.items() if [len(one) for one in found] != [1, 1]} == {}


def test_behind_nginx_everybody_gets_their_own_answers(attacked: ClapsServer, nginx: NginxServer) -> None:
    asks = {"/healthz": b"ok\n", "/posts/9/likes": b"<!doctype html>", "/robots.txt": b""}

    for name, octets in (TWO_WAYS | UNREAD).items():
        before = claps_of(attacked.port)
        exchange(nginx.port, octets, seconds=0.5)
        for path, beginning in asks.items():
            answer = Client(nginx.port).get(path)
            assert answer.body.lower().startswith(beginning), (name, path)
        # Of the others nginx may have read two requests, both of them the attacker's own.
        assert name in TWO_WAYS or claps_of(attacked.port) == before, name


def test_behind_nginx_nobody_chooses_the_address_they_come_from(nginx: NginxServer) -> None:
    form = {"name": "nobody_at_all", "password": "x"}
    headers = ("X-Forwarded-For", "X_Forwarded_For", "Forwarded", "X-Real-IP")

    def guess(turn: int) -> int:
        claimed = {header: f"192.0.2.{turn}" for header in headers}
        return Client(nginx.port).post("/login", form, headers=claimed).status

    assert [guess(turn) for turn in range(11)] == [403] * 10 + [429]
