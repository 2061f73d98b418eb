"""A small HTTP reader: one connection per request, cookies kept, nothing followed."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode


@dataclass(frozen=True)
class Answer:
    """What came back; ``headers`` has lower-case names, and of a repeated one the last."""

    status: int
    headers: dict[str, str]
    body: bytes
    cookies: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Stream:
    """An answer that has begun and goes on."""

    def __init__(self, response: http.client.HTTPResponse, connection: http.client.HTTPConnection) -> None:
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self._response = response
        # A close-delimited answer takes the socket away from its connection.
        self._socket = connection.sock or response.fp.raw._sock  # type: ignore[attr-defined]

    def read_until(self, mark: str, *, seconds: float = 30) -> str:
        """Return what comes up to and with ``mark``; an AssertionError with what came if it does not."""
        deadline = time.monotonic() + seconds
        seen = b""
        while mark.encode() not in seen:
            self._socket.settimeout(max(deadline - time.monotonic(), 0.001))
            try:
                piece = self._response.read1(1)
            except TimeoutError:
                raise AssertionError(f"no {mark!r} within {seconds} s, but {seen.decode()!r}") from None
            assert piece, f"ended without {mark!r}: {seen.decode()!r}"
            seen += piece
        return seen.decode()

    def read_event(self, *, seconds: float = 30) -> dict[str, str]:
        """Return the next event of an event stream as its fields; comments are passed over."""
        while True:
            block = self.read_until("\n\n", seconds=seconds)
            lines = [line for line in block.splitlines() if line and not line.startswith(":")]
            if lines:
                return dict(line.split(": ", 1) for line in lines)


@dataclass
class Client:
    """One reader's browser without a screen.

    :param local_address: where it connects from, "127.0.0.2" for a second machine.
    :param authority: it speaks TLS, and trusts this certificate.
    """

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    local_address: str | None = None
    authority: Path | None = None

    def get(self, path: str, *, headers: Mapping[str, str] | None = None, seconds: float = 30) -> Answer:
        """Ask for a page."""
        return self.ask("GET", path, headers=headers, seconds=seconds)

    def post(
        self,
        path: str,
        form: Mapping[str, object] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        seconds: float = 30,
    ) -> Answer:
        """Send a form as a page does."""
        body = urlencode({name: str(value) for name, value in (form or {}).items()}).encode()
        given = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        return self.ask("POST", path, body=body, headers=given, seconds=seconds)

    def post_json(
        self, path: str, data: object, *, headers: Mapping[str, str] | None = None, seconds: float = 30
    ) -> Answer:
        """Send JSON and ask for JSON."""
        given = {"Content-Type": "application/json", "Accept": "application/json", **(headers or {})}
        return self.ask("POST", path, body=json.dumps(data).encode(), headers=given, seconds=seconds)

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float = 30,
    ) -> Answer:
        """Send one request and return the whole answer."""
        connection = self._connect(seconds)
        try:
            connection.request(method, path, body=body, headers=self._headers(headers))
            response = connection.getresponse()
            try:
                return self._read(response)
            finally:
                response.close()
        finally:
            connection.close()

    @contextmanager
    def open_stream(
        self, path: str, *, headers: Mapping[str, str] | None = None, seconds: float = 30
    ) -> Iterator[Stream]:
        """Ask for an answer that does not end, and read from it piece by piece."""
        connection = self._connect(seconds)
        response = None
        try:
            connection.request("GET", path, headers=self._headers(headers))
            response = connection.getresponse()
            yield Stream(response, connection)
        finally:
            if response is not None:
                response.close()
            connection.close()

    @property
    def cookie_header(self) -> str:
        """Its cookies as a request sends them."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def _connect(self, seconds: float) -> http.client.HTTPConnection:
        source = (self.local_address, 0) if self.local_address else None
        if self.authority is not None:
            context = ssl.create_default_context(cafile=str(self.authority))
            return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=seconds, context=context)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds, source_address=source)

    def _headers(self, headers: Mapping[str, str] | None) -> dict[str, str]:
        own = {"Cookie": self.cookie_header} if self.cookies else {}
        return {**own, **(headers or {})}

    def _read(self, response: http.client.HTTPResponse) -> Answer:
        pairs = [(name.lower(), value) for name, value in response.getheaders()]
        cookies = tuple(value for name, value in pairs if name == "set-cookie")
        for text in cookies:
            self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(text).items()})
        return Answer(response.status, dict(pairs), response.read(), cookies)
