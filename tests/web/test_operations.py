"""What operators and their machines ask."""

from __future__ import annotations

import re

from tests.parts.http_client import Client
from tests.parts.processes import eventually
from tests.parts.websocket_client import JSON_PROTOCOL, WebSocketClient


def test_a_living_process_says_so(guest: Client) -> None:
    answer = guest.get("/healthz")

    assert (answer.status, answer.text, answer.headers["cache-control"]) == (200, "ok\n", "no-store")


def test_a_ready_site_says_so(guest: Client) -> None:
    answer = guest.get("/readyz")

    assert (answer.status, answer.text) == (200, "ready\n")


def test_figures_are_told_with_their_worker(guest: Client) -> None:
    answer = guest.get("/metrics")

    assert answer.headers["content-type"].startswith("text/plain")
    names = set(re.findall(r'^(claps_\w+)\{worker="\d+"\} [0-9.e+]+$', answer.text, re.MULTILINE))
    assert names == {
        "claps_subscribers", "claps_topics_watched", "claps_updates_sent", "claps_deliveries",
        "claps_changes_waiting", "claps_moved", "claps_relay_connected", "claps_journal_entries",
        "claps_pages_kept", "claps_turned_away", "claps_handshakes_known",
    }


def test_an_open_socket_is_a_subscriber(guest: Client) -> None:
    def subscribers() -> dict[str, float]:
        """What the workers that answered have told, by worker."""
        told = [guest.get("/metrics").text for _ in range(8)]
        found = [re.search(r'claps_subscribers\{worker="(\d+)"\} ([0-9.]+)', text) for text in told]
        return {match[1]: float(match[2]) for match in found if match}

    with WebSocketClient(guest.port, "/live?topic=post:3", protocol=JSON_PROTOCOL):
        eventually(lambda: sum(subscribers().values()) >= 1)
