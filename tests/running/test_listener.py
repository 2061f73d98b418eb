"""Handshakes like those before them are let in at the door, and say the same."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator

import pytest

from tests.parts.claps_server import ClapsServer
from tests.parts.processes import eventually
from tests.parts.websocket_client import JSON_PROTOCOL, Rejected, WebSocketClient

PATH = "/live?topic=post:1&topic=post:1:comments"
BROWSER = {"User-Agent": "Mozilla/5.0"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClapsServer]:
    """A site of one worker behind one proxy."""
    folder = tmp_path_factory.mktemp("listener")
    server = ClapsServer(folder, environ={"CLAPS_WORKERS": "1", "CLAPS_TRUSTED_PROXIES": "1"})
    server.start()
    yield server
    server.kill()


def entered(server: ClapsServer) -> int:
    """How many were let in at the door."""
    found = re.search(r"claps_handshakes_known\S* ([0-9.e+]+)", server.open_client().get("/metrics").text)
    assert found
    return int(float(found[1]))


def said_to(server: ClapsServer, path: str = PATH, *, protocol: str | None = None, **headers: str) -> list[str]:
    """What a new reader is told first."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with WebSocketClient(server.port, path, protocol=protocol, headers=named) as reader:
        return [reader.receive_text() for _ in range(2)]


@pytest.mark.parametrize("protocol", [None, JSON_PROTOCOL])
def test_who_comes_like_another_is_told_the_same(server: ClapsServer, protocol: str | None) -> None:
    headers = {"User_Agent": f"Mozilla/5.0 {protocol}"}
    with WebSocketClient(server.port, PATH, protocol=protocol):  # so that the count of readers stays above one
        first = said_to(server, protocol=protocol, **headers)
        before = entered(server)

        second = said_to(server, protocol=protocol, **headers)

        assert entered(server) == before + 1
    assert [message.split(":")[:3] for message in first] == [message.split(":")[:3] for message in second]


def test_a_program_let_in_at_the_door_claps(server: ClapsServer) -> None:
    said_to(server, protocol=JSON_PROTOCOL)
    before = entered(server)

    with WebSocketClient(server.port, PATH, protocol=JSON_PROTOCOL) as reader:
        reader.send_json({"clap": 3, "topic": "post:1", "id": "x"})

        assert '"yours": 3' in reader.receive_until('"ack"').replace('"yours":3', '"yours": 3')
    assert entered(server) == before + 1


def test_another_site_is_refused_however_often_its_like_came(server: ClapsServer) -> None:
    said_to(server, Origin=f"http://127.0.0.1:{server.port}")
    said_to(server, Origin=f"http://127.0.0.1:{server.port}")

    for _ in range(2):
        with pytest.raises(Rejected) as refused:
            said_to(server, Origin="http://evil.example")
        assert refused.value.status == 403


def test_a_post_that_is_not_there_is_answered_by_the_application(server: ClapsServer) -> None:
    said_to(server)

    with pytest.raises(Rejected) as refused:
        said_to(server, "/live?topic=post:999999")

    assert refused.value.status == 404


def test_who_shows_a_cookie_is_asked_who_it_is(server: ClapsServer) -> None:
    headers = {"Cookie": "reader=forged"}
    said_to(server, **headers)
    before = entered(server)

    said_to(server, **headers)

    assert entered(server) == before


def test_each_reader_behind_a_proxy_is_counted_once(server: ClapsServer) -> None:
    def views() -> int:
        answer = server.open_client().get("/live?topic=post:2", headers={"Accept": "application/json"})
        return int(answer.json["state"]["views"])

    already = views()
    for reader in ("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.3", "10.0.0.2"):
        said_to(server, "/live?topic=post:2", User_Agent="Mozilla/5.0", X_Forwarded_For=f"1.1.1.1, {reader}")

    eventually(lambda: views() == already + 3)


def test_a_head_in_pieces_is_served_as_well(server: ClapsServer) -> None:
    said_to(server)
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as sock:
        sock.sendall(b"GET /live?topic=post:1 HT")
        sock.sendall(
            f"TP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )

        assert sock.recv(1024).startswith(b"HTTP/1.1 101")


def test_who_looks_over_a_list_views_and_reads_nothing(server: ClapsServer) -> None:
    path, agent = "/live?topic=posts:0&since=&topic=post:3&since=&listed=1", "Mozilla/5.0 listed"
    before = entered(server)

    for _ in range(2):
        said_to(server, path, User_Agent=agent, X_Forwarded_For="10.0.0.7")

    state = server.open_client().get("/live?topic=post:3", headers={"Accept": "application/json"}).json["state"]
    assert entered(server) == before + 1
    assert state["readers"] <= 1  # the one who asks
