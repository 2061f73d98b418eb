"""Traces, as a collector gets them from a running server."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from claps.settings import ROOT
from tests.parts.claps_server import ClapsServer
from tests.parts.otlp_receiver import OtlpReceiver, attributes_of, open_receiver
from tests.parts.processes import eventually

LOADED = "import sys, claps.app, claps.cli; print(*[name for name in sys.modules if 'opentelemetry' in name])"
PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture(scope="module")
def receiver() -> Iterator[OtlpReceiver]:
    """A collector, which falls silent with the last test."""
    with open_receiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def server(receiver: OtlpReceiver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClapsServer]:
    """A server behind a proxy, which sends traces twenty times a second."""
    environ = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url, "OTEL_BSP_SCHEDULE_DELAY": "50", "CLAPS_TRUSTED_PROXIES": "1",
        "CLAPS_WORKERS": "1", "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment=tests", "CLAPS_LOG": "json",
    }
    server = ClapsServer(tmp_path_factory.mktemp("traced"), environ=environ, lasting=True)
    server.start()
    yield server
    server.kill()


def test_a_request_and_what_it_waited_for_are_one_trace(server: ClapsServer, receiver: OtlpReceiver) -> None:
    answer = server.open_client().post("/posts/3/claps", {"claps": "1"}, headers={"traceparent": PARENT})

    name = "POST /posts/<int:post_id>/claps"
    eventually(lambda: receiver.named(name))
    span = receiver.named(name)[0]
    assert attributes_of(span)["http.response.status_code"] == answer.status == 303
    assert attributes_of(span)["claps.request_id"] == answer.headers["x-request-id"]
    assert (span.trace_id.hex(), span.parent_span_id.hex()) == (PARENT[3:35], PARENT[36:52])
    inner = [one for one in receiver.spans if one.parent_span_id == span.span_id]
    assert "redis: count claps" in {one.name for one in inner}
    assert all(span.start_time_unix_nano <= one.start_time_unix_nano for one in inner)
    assert receiver.resources[0]["service.name"] == "claps"
    assert receiver.resources[0]["deployment.environment"] == "tests"


def test_flushes_are_told_and_what_machines_ask_is_not(server: ClapsServer, receiver: OtlpReceiver) -> None:
    server.open_client().post("/posts/4/claps", {"claps": "2"})
    server.open_client().get("/metrics")

    eventually(lambda: receiver.named("flush"))

    assert attributes_of(receiver.named("flush")[-1])["claps.entries"] >= 1
    assert not [span.name for span in receiver.spans if "metrics" in span.name]


def test_nothing_of_an_address_but_its_rule_is_told(server: ClapsServer, receiver: OtlpReceiver) -> None:
    server.open_client().get("/shared/secret-0?q=secret-1", headers={"Cookie": "reader=secret-2"})

    eventually(lambda: receiver.named("GET /shared/<token>"))

    assert "secret" not in str(receiver.spans)


def test_a_collector_that_hangs_keeps_nobody_waiting(server: ClapsServer, receiver: OtlpReceiver) -> None:
    receiver.fall_silent()
    calls = receiver.calls
    client = server.open_client()
    client.get("/")
    eventually(lambda: receiver.calls > calls)

    assert [client.get("/posts/3").status for _ in range(20)] == [200] * 20
    began = time.monotonic()
    server.stop()

    # It would have waited for 30 s for what was not taken.
    assert time.monotonic() - began < 15
    assert "Traceback" not in server.log_text and "traceback" not in server.log_text


def test_nothing_of_it_is_loaded_when_nobody_asks_for_it(tmp_path: Path) -> None:
    environ = {"CLAPS_VAR": str(tmp_path)}

    done = subprocess.run([sys.executable, "-c", LOADED], env=environ, cwd=ROOT, capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (0, "\n"), done.stderr
