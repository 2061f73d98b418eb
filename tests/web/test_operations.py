"""What operators and their machines ask."""

from __future__ import annotations

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from claps.plain.vitals import OF_SITE, OF_WORKERS
from tests.parts.http_client import Client
from tests.parts.processes import eventually
from tests.parts.redis_server import RedisServer
from tests.parts.websocket_client import JSON_PROTOCOL, WebSocketClient

Samples = dict[tuple[str, str], float]


def samples(guest: Client, label: str = "worker") -> Samples:
    """What /metrics says, by name and the value of a label."""
    families = text_string_to_metric_families(guest.get("/metrics").text)
    return {(one.name, one.labels.get(label, "")): one.value for family in families for one in family.samples}


def test_a_living_process_says_so(guest: Client) -> None:
    answer = guest.get("/healthz")

    assert (answer.status, answer.text, answer.headers["cache-control"]) == (200, "ok\n", "no-store")


def test_a_ready_site_says_so(guest: Client) -> None:
    answer = guest.get("/readyz")

    assert (answer.status, answer.text) == (200, "ready\n")


def test_a_worker_that_is_told_nothing_is_not_ready(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    canary = app.extensions["claps"].vitals.canary
    # Nobody listens here: Redis takes the clap, and everything but live delivery is well.
    canary.clap()
    assert app.test_client().get("/readyz").text == "ready\n"

    monkeypatch.setattr("claps.live.canary.DEAD_SECONDS", 0)

    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.text) == (503, "down: live\n")


def test_everything_that_is_down_is_named(app: Flask, redis: RedisServer) -> None:
    redis.kill()

    assert app.test_client().get("/readyz").text == "down: redis\n"
    told = app.test_client().get("/metrics").text
    redis.start()

    assert "claps_moved_total" in told
    assert "claps_journal" not in told


def test_figures_are_told_of_every_worker(guest: Client) -> None:
    told = samples(guest)

    assert {worker for name, worker in told if name == "claps_topics_watched"} == {"1", "2"}
    assert (told["claps_workers", ""], told["claps_workers_silent", ""]) == (2, 0)


def test_every_name_is_told_and_no_other(guest: Client) -> None:
    families = text_string_to_metric_families(guest.get("/metrics").text)

    names = {family.name + "_total" * (family.type == "counter") for family in families}

    assert names == {vital.name for vital in (*OF_WORKERS, *OF_SITE)}


def test_an_open_socket_is_a_subscriber_of_its_wire(guest: Client) -> None:
    def on_sockets() -> float:
        told = guest.get("/metrics").text.splitlines()
        return sum(float(line.split()[-1]) for line in told if 'wire="socket-json"' in line)

    before = on_sockets()
    with WebSocketClient(guest.port, "/live?topic=post:3", protocol=JSON_PROTOCOL):
        eventually(lambda: on_sockets() > before)
