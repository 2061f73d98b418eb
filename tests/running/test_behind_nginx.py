"""Two nodes behind nginx with the documented file: everything comes through, and restarting both loses nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path

import pytest

from tests.faults.books import Books
from tests.faults.crowd import Crowd
from tests.parts.certificates import make_certificates
from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Client
from tests.parts.inside import open_core, publish, write_person
from tests.parts.nginx_in_front import NginxInFront
from tests.parts.processes import eventually
from tests.parts.redis_server import RedisServer
from tests.parts.websocket_client import JSON_PROTOCOL, WebSocketClient

LIVE = "/live?topic=post:1"
POSTS = 9
FRAMED = {"Sec-Fetch-Dest": "iframe", "Accept": "text/html"}
JSON = {"Accept": "application/json"}


@pytest.fixture(scope="module")
def site_url(tmp_path_factory: pytest.TempPathFactory, lasting_redis: RedisServer) -> str:
    """A database with some posts."""
    url = f"sqlite:///{tmp_path_factory.mktemp('site') / 'claps.db'}"
    lasting_redis.flush()
    with open_core(url, lasting_redis.url) as core:
        ada = write_person(core, "ada")
        for _ in range(POSTS):
            publish(core, ada)
    return url


@pytest.fixture(scope="module")
def nodes(
    tmp_path_factory: pytest.TempPathFactory, site_url: str, lasting_redis: RedisServer
) -> Iterator[list[ClapsServer]]:
    """Two nodes of it."""
    environ = {"CLAPS_WORKERS": "1", "CLAPS_TRUSTED_PROXIES": "1"}
    options = {"database_url": site_url, "redis_url": lasting_redis.url, "environ": environ, "lasting": True}
    folder = tmp_path_factory.mktemp("nodes")
    nodes = [ClapsServer(folder / str(number), **options) for number in range(2)]  # type: ignore[arg-type]
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(ClapsServer.start, nodes))
    yield nodes
    for node in nodes:
        node.kill()


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory, nodes: list[ClapsServer]) -> Iterator[NginxInFront]:
    """What stands in front of them."""
    folder = tmp_path_factory.mktemp("front")
    certificates = make_certificates(folder / "certificates")
    server = NginxInFront(folder / "nginx", [node.port for node in nodes], certificates)
    NginxInFront.lasting_ones.append(server)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def reader(nginx: NginxInFront) -> Client:
    """A reader without cookies."""
    return nginx.open_client()


def test_pages_and_claps_come_through_with_the_sites_own_name(nginx: NginxInFront, reader: Client) -> None:
    page, clap = reader.get("/posts/1"), reader.post_json("/posts/1/claps", {"claps": 3})
    secrets = reader.get("/metrics")

    assert (page.status, clap.status, secrets.status) == (200, 200, 404)
    assert clap.json["yours"] == 3
    assert "Secure" in "".join(clap.cookies)
    assert reader.get("/.well-known/oauth-authorization-server").json["issuer"] == "https://127.0.0.1"
    to_tls = Client(nginx.plain_port).get("/posts/1")
    assert (to_tls.status, to_tls.headers["location"]) == (301, "https://127.0.0.1/posts/1")


def test_every_wire_comes_through_as_it_happens(nginx: NginxInFront, reader: Client) -> None:
    first = reader.get("/live/frame?topic=post:1", headers=FRAMED)
    frame_url = unescape(re.findall(r"url=([^\"]+)", first.text)[0])
    with (
        WebSocketClient(nginx.port, LIVE, protocol=JSON_PROTOCOL, authority=nginx.authority) as socket,
        reader.open_stream(LIVE, headers={"Accept": "text/event-stream"}) as stream,
        reader.open_stream(frame_url, headers=FRAMED) as frame,
    ):
        socket.receive_json()
        stream.read_event()
        frame.read_until("</p>")
        claps = reader.post_json("/posts/1/claps", {"claps": 1}).json["claps"]

        eventually(lambda: socket.receive_json()["state"]["claps"] == claps)
        eventually(lambda: f'"claps":{claps},' in stream.read_event()["data"].replace(" ", ""))
        frame.read_until(f">{claps}<")


def test_a_long_poll_is_held_and_answered(reader: Client) -> None:
    version = reader.get(f"{LIVE}&wait=0", headers=JSON).json["version"]
    with ThreadPoolExecutor(1) as threads:
        poll = threads.submit(reader.get, f"{LIVE}&since={version}&wait=30", headers=JSON)
        claps = Client(reader.port, authority=reader.authority).post_json("/posts/1/claps", {"claps": 1}).json["claps"]

        assert poll.result(30).json["state"]["claps"] >= claps - 1


def test_restarting_one_node_after_the_other_loses_no_request(
    nginx: NginxInFront, nodes: list[ClapsServer], site_url: str, lasting_redis: RedisServer, tmp_path: Path
) -> None:
    books = Books(site_url, lasting_redis)
    nodes[0].run("flush")
    before = books.stored()
    with Crowd(nginx) as crowd:  # type: ignore[arg-type]
        crowd.wait_for_claps()
        for node in nodes:
            nginx.take_out(node.port)
            assert node.stop() == 0
            node.start()
            nginx.take_out(None)
            crowd.wait_for_claps()
    nodes[0].run("flush")

    assert not crowd.refusals
    crowd.check(books, before)
