"""Pages of other websites listen to their own counts, by every wire, and to nothing else."""

from __future__ import annotations

import pytest

from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Client
from tests.parts.sites import register
from tests.parts.websocket_client import JSON_PROTOCOL, Rejected, WebSocketClient

ORIGIN, OTHERS = "https://live.example", "https://evil.example"
HEADERS = {"Origin": ORIGIN, "User-Agent": "A browser"}
PAGE = f"{ORIGIN}/bells"
LIVE = f"/live?url={PAGE}"


@pytest.fixture(scope="module")
def site(live_site: ClapsServer) -> ClapsServer:
    """The running site, on which a website is registered."""
    register(live_site, ORIGIN)
    return live_site


@pytest.fixture
def reader(site: ClapsServer) -> Client:
    """A reader of that website."""
    return site.open_client()


def give(reader: Client, claps: int) -> int:
    """Clap for the page; return how often it was clapped for."""
    told = reader.post_json("/api/v1/pages/claps", {"url": PAGE, "claps": claps}, headers={"Origin": ORIGIN})
    return int(told.json["claps"])


def test_a_socket_of_the_pages_own_site_is_told_its_claps(site: ClapsServer, reader: Client) -> None:
    with WebSocketClient(site.port, LIVE, protocol=JSON_PROTOCOL, headers=HEADERS) as socket:
        first = socket.receive_json()["state"]["claps"]

        claps = give(reader, 2)

        while (told := socket.receive_json()["state"]["claps"]) < claps:
            pass
        assert (first, told) == (claps - 2, claps)


def test_nobody_claps_up_such_a_socket(site: ClapsServer) -> None:
    with WebSocketClient(site.port, LIVE, protocol=JSON_PROTOCOL, headers=HEADERS) as socket:
        socket.send_json({"clap": 1, "topic": "post:1", "id": "x1"})

        while "refused" not in (answer := socket.receive_json()):
            assert "ack" not in answer
        assert answer["refused"] == "x1"


@pytest.mark.parametrize(
    ("path", "origin", "status"),
    [
        (LIVE, OTHERS, 403),
        ("/live?topic=post:1", ORIGIN, 403),
        (f"{LIVE}&topic=post:1", ORIGIN, 400),
        ("/live?url=https://nobody.example/", "https://nobody.example", 404),
        ("/live?url=", ORIGIN, 400),
        (f"{LIVE}/nobody-has-looked&x", None, 404),
    ],
)
def test_a_socket_is_refused_what_is_not_its_own(site: ClapsServer, path: str, origin: str | None, status: int) -> None:
    # One that was let in must not hold the door open for what only looks like it.
    with WebSocketClient(site.port, LIVE, protocol=JSON_PROTOCOL, headers=HEADERS):
        pass

    with pytest.raises(Rejected) as rejected, WebSocketClient(
        site.port, path, protocol=JSON_PROTOCOL, headers={**HEADERS, "Origin": origin} if origin else {}
    ):
        pass

    assert rejected.value.status == status


def test_an_event_stream_is_readable_to_the_pages_own_site_alone(site: ClapsServer, reader: Client) -> None:
    heads = []
    for origin in (ORIGIN, OTHERS):
        with reader.open_stream(LIVE, headers={**HEADERS, "Accept": "text/event-stream", "Origin": origin}) as stream:
            stream.read_until('"claps":')
            heads.append(stream.headers)

    assert (heads[0]["access-control-allow-origin"], heads[0]["vary"]) == (ORIGIN, "Origin")
    assert "access-control-allow-origin" not in heads[1]


def test_a_badge_moves_for_a_page_that_is_new(site: ClapsServer, reader: Client) -> None:
    url = f"{ORIGIN}/new"

    with reader.open_stream(f"/badge.svg?url={url}&live=1&label=live", headers=HEADERS) as stream:
        stream.read_until("0 live")
        reader.post_json("/api/v1/pages/claps", {"url": url, "claps": 2})
        stream.read_until("2 live")

    assert stream.headers["content-type"] == "multipart/x-mixed-replace; boundary=claps"
