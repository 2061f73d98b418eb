"""A collector of traces: takes what OpenTelemetry's protocol sends over HTTP, and keeps it as it was told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

PATH = "/v1/traces"


class OtlpReceiver:
    """One that listens on a free port of this machine."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.resources: list[dict[str, str]] = []
        self.calls = 0
        self._answers = threading.Event()
        self._answers.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._make_handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The endpoint that programs are told."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def fall_silent(self) -> None:
        """Take what comes, and answer nothing."""
        self._answers.clear()

    def close(self) -> None:
        """Answer who waits, and listen no more."""
        self._answers.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def named(self, name: str) -> list[Span]:
        """The spans of this name that have come."""
        return [span for span in self.spans if span.name == name]

    def _take(self, body: bytes) -> None:
        for told in ExportTraceServiceRequest.FromString(body).resource_spans:
            self.resources.append(attributes_of(told.resource))
            for scope in told.scope_spans:
                self.spans.extend(scope.spans)

    def _make_handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.calls += 1
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver._answers.wait()
                if self.path == PATH and self.headers["Content-Type"] == "application/x-protobuf":
                    receiver._take(body)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler


@contextmanager
def open_receiver() -> Iterator[OtlpReceiver]:
    """One for a while."""
    receiver = OtlpReceiver()
    try:
        yield receiver
    finally:
        receiver.close()


def attributes_of(told: Any) -> dict[str, Any]:
    """What a span or a resource says of itself."""
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in told.attributes}
