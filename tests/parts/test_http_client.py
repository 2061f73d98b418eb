"""The tests' HTTP reader keeps cookies, follows nothing, and reads answers that go on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.parts.http_client import Client


class Handler(BaseHTTPRequestHandler):
    """Tells what it was asked, and streams two events and then nothing."""

    def do_GET(self) -> None:
        self.send_response(200)
        if self.path == "/stream":
            self.end_headers()
            self.wfile.write(b": hello\n\nid: e.1\ndata: 157\n\n")
            self.rfile.read(1)  # until the reader goes
            return
        self.send_header("Set-Cookie", "guest=cyd; Path=/; HttpOnly")
        self.end_headers()
        self.wfile.write(f"{self.client_address[0]} {self.headers['Cookie']}".encode())

    def do_POST(self) -> None:
        self.send_response(303)
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(self.rfile.read(int(self.headers["Content-Length"])))

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def client() -> Iterator[Client]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield Client(server.server_port)
    server.shutdown()
    thread.join()
    server.server_close()


def test_cookies_come_back(client: Client) -> None:
    assert client.get("/").text == "127.0.0.1 None"
    assert client.get("/").text == "127.0.0.1 guest=cyd"


def test_it_can_come_from_another_address(client: Client) -> None:
    elsewhere = Client(client.port, local_address="127.0.0.2")

    assert elsewhere.get("/").text == "127.0.0.2 None"


def test_forms_are_sent_and_redirects_are_not_followed(client: Client) -> None:
    answer = client.post("/posts/12/claps", {"claps": 3})

    assert (answer.status, answer.headers["location"]) == (303, "/elsewhere")
    assert answer.text == "claps=3"


def test_a_stream_is_read_event_by_event(client: Client) -> None:
    with client.open_stream("/stream") as stream:
        assert stream.read_event() == {"id": "e.1", "data": "157"}

        with pytest.raises(AssertionError, match="within 0.05 s"):
            stream.read_until("more", seconds=0.05)
