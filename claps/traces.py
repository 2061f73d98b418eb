"""Traces of requests and of what they wait for, by OpenTelemetry. Loaded only where somebody takes them."""

from __future__ import annotations

import atexit
import logging
import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import gevent
from flask import Flask, request
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_INSTANCE_ID, SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult
from opentelemetry.trace import Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from claps import __version__
from claps.logs import add_context
from claps.plain.meters import meters
from claps.plain.spans import spans
from claps.web.requests import request_id

log = logging.getLogger(__name__)
# Spans are encoded in one piece, and everybody waits for that: 64 take 2 ms. More than the queue holds is dropped.
SPANS_PER_CALL = 64
SPANS_WAITING = 2_048
STOP_SECONDS = 2.0
# Asked every few seconds by machines, and never what somebody looks for.
_UNTRACED = ("/healthz", "/readyz", "/metrics")
_propagator = TraceContextTextMapPropagator()


class Sender(OTLPSpanExporter):
    """Sends spans, and says once that it cannot, instead of each time."""

    def __init__(self) -> None:
        super().__init__()
        self._fails = False
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)

    def export(self, some: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send some; what does not arrive is counted, and forgotten."""
        result = super().export(some)
        fails = result is not SpanExportResult.SUCCESS
        if fails:
            meters.spans_lost += len(some)
        if fails != self._fails:
            self._fails = fails
            log.warning("traces cannot be sent; they are dropped" if fails else "traces are sent again")
        return result


class Traces:
    """The tracer of this process, which has begun to send when this is made.

    :param trusts_proxy: whether a request may belong to a trace that began in front of us.
    """

    def __init__(self, *, trusts_proxy: bool) -> None:
        self._trusts_proxy = trusts_proxy
        self._processor = BatchSpanProcessor(
            Sender(), max_export_batch_size=SPANS_PER_CALL, max_queue_size=SPANS_WAITING,
        )
        # At the end it would wait for half a minute for a collector that is away; see stop().
        provider = TracerProvider(resource=_resource(), shutdown_on_exit=False)
        provider.add_span_processor(self._processor)
        self._tracer = provider.get_tracer("claps", __version__)
        spans.around, spans.done = self._around, self._done
        add_context(_about_trace)
        atexit.register(self.stop)

    def stop(self) -> None:
        """Send what is there, if that is quick."""
        spans.around = spans.done = None
        with gevent.Timeout(STOP_SECONDS, False):  # type: ignore[arg-type]
            self._processor.shutdown()  # type: ignore[no-untyped-call]

    def follow_requests(self, app: Flask) -> None:
        """Make a span of each request that the application answers."""
        app.url_value_preprocessor(_name_span)
        app.wsgi_app = self._traced(app.wsgi_app)  # type: ignore[method-assign]

    def _traced(self, answer: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
        def traced(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            if environ["PATH_INFO"] in _UNTRACED:
                return answer(environ, start_response)
            with self._request_span(environ) as span:

                def start(status: str, *rest: Any) -> Any:
                    _note_status(span, int(status[:3]))
                    return start_response(status, *rest)

                try:
                    return answer(environ, start)
                except StopIteration:
                    span.set_attribute("claps.parked", True)
                    raise

        return traced

    @contextmanager
    def _request_span(self, environ: Mapping[str, Any]) -> Iterator[Span]:
        told = {name: environ[key] for name, key in _CARRIED if key in environ} if self._trusts_proxy else {}
        method = environ["REQUEST_METHOD"]
        span = self._tracer.start_span(
            method, context=_propagator.extract(told), kind=SpanKind.SERVER, attributes={"http.request.method": method},
        )
        # Not start_as_current_span(): that a socket was parked is told by an exception, and is no error.
        try:
            with trace.use_span(span, record_exception=False, set_status_on_exception=False):
                yield span
        finally:
            span.end()

    @contextmanager
    def _around(self, system: str, what: str) -> Iterator[None]:
        # Only within a request: what workers ask for by themselves every second is nobody's trace.
        if not trace.get_current_span().is_recording():
            yield
            return
        told = {"db.system.name": system}
        span = self._tracer.start_span(f"{system}: {what}", kind=SpanKind.CLIENT, attributes=told)
        try:
            # What an error says may quote what somebody wrote; its kind is enough.
            with trace.use_span(span, record_exception=False, set_status_on_exception=False):
                yield
        except BaseException as error:
            span.set_status(StatusCode.ERROR)
            span.set_attribute("error.type", type(error).__name__)
            raise
        finally:
            span.end()

    def _done(self, what: str, seconds: float, numbers: Mapping[str, int]) -> None:
        now = time.time_ns()
        told = {f"claps.{name}": number for name, number in numbers.items()}
        self._tracer.start_span(what, start_time=now - int(seconds * 1e9), attributes=told).end(now)


_CARRIED = (("traceparent", "HTTP_TRACEPARENT"), ("tracestate", "HTTP_TRACESTATE"))


def _resource() -> Resource:
    told: dict[str, str] = {SERVICE_VERSION: __version__, SERVICE_INSTANCE_ID: f"{socket.gethostname()}:{os.getpid()}"}
    resource = Resource.create(told)
    # OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES may have given it another one.
    is_named = not str(resource.attributes[SERVICE_NAME]).startswith("unknown_service")
    return resource if is_named else resource.merge(Resource({SERVICE_NAME: "claps"}))


def _name_span(endpoint: str | None, values: dict[str, Any] | None) -> None:
    span = trace.get_current_span()
    if span.is_recording():
        # The rule, and never the address: that may be a key, and there would be as many names as posts.
        span.update_name(f"{request.method} {request.url_rule}" if request.url_rule else request.method)
        span.set_attribute("http.route", str(request.url_rule or ""))
        span.set_attribute("claps.request_id", request_id())


def _note_status(span: Span, status: int) -> None:
    span.set_attribute("http.response.status_code", status)
    if status >= 500:
        span.set_status(StatusCode.ERROR)


def _about_trace() -> dict[str, str]:
    context = trace.get_current_span().get_span_context()
    return {"trace_id": f"{context.trace_id:032x}"} if context.is_valid else {}
