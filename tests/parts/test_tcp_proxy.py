"""The failing proxy fails as it is told, and passes everything else on."""

from __future__ import annotations

import pytest

from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Client
from tests.parts.tcp_proxy import open_proxy
from tests.parts.websocket_client import Rejected, WebSocketClient


def test_it_passes_requests_and_sockets_on(live_site: ClapsServer) -> None:
    with open_proxy(live_site.port) as proxy:
        assert Client(proxy.port).get("/healthz").text == "ok\n"

        with WebSocketClient(proxy.port, "/live?topic=post:1") as reader:
            assert reader.receive_until("claps-1")
        assert (proxy.upgrades, proxy.polls) == (1, 0)


def test_it_refuses_sockets(live_site: ClapsServer) -> None:
    with open_proxy(live_site.port) as proxy:
        proxy.refuses_sockets = True

        with pytest.raises(Rejected, match="403"), WebSocketClient(proxy.port, "/live?topic=post:1"):
            pass


def test_it_answers_with_a_page_of_its_own(live_site: ClapsServer) -> None:
    with open_proxy(live_site.port) as proxy:
        proxy.answers_502 = True

        assert Client(proxy.port).get("/").status == 502


def test_frozen_sockets_stay_open_and_silent(live_site: ClapsServer) -> None:
    with open_proxy(live_site.port) as proxy, WebSocketClient(proxy.port, "/live?topic=post:1") as reader:
        reader.receive_until("claps-1")

        proxy.freeze_sockets()
        live_site.open_client().post("/posts/1/claps")

        with pytest.raises(TimeoutError):
            reader.receive_until('id="claps-1"', seconds=0.5)
