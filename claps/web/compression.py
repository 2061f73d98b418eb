"""Compressed answers: brotli or gzip, whichever the other end takes."""

from __future__ import annotations

import gzip
import time
from functools import lru_cache

import brotli
from flask import Flask, Response, request
from gevent import get_hub
from werkzeug.http import parse_accept_header

# Below this an answer is one packet either way, its head half of it, and to compress it takes as long as to route it.
LEAST_BYTES = 500
TYPES = ("text/", "application/json", "application/problem+json", "image/svg+xml")
# Measured on a 16 KB article: brotli 5 takes 0.6 ms for 6.0 KB, 9 takes 5 ms for the same, 11 takes 17 ms for 5.2 KB.
_BROTLI, _BROTLI_MOST = 5, 11
_GZIP, _GZIP_MOST = 6, 9


def add_to(app: Flask) -> None:
    """Compress what the application answers; parked answers never come by here, they are written to their sockets."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if response.is_streamed or response.content_encoding:
        return response
    if response.content_length is not None and response.content_length < LEAST_BYTES:
        return response
    if not (response.mimetype or "").startswith(TYPES):
        return response
    response.vary.add("Accept-Encoding")
    coding = accepted_coding()
    data = response.get_data()
    if coding is None or len(data) < LEAST_BYTES or response.status_code == 206:
        return response
    response.set_data(page(data, coding))
    response.content_encoding = coding
    return response


def accepted_coding() -> str | None:
    """The coding to use for this request: ``br``, ``gzip`` or None."""
    return _best_coding(request.environ.get("HTTP_ACCEPT_ENCODING", ""))


@lru_cache(maxsize=256)
def _best_coding(text: str) -> str | None:
    accepted = parse_accept_header(text)
    found = [(accepted.quality(coding), coding) for coding in ("gzip", "br")]
    quality, coding = max(found, key=lambda pair: pair[0] + 0.0001 * (pair[1] == "br"))
    return coding if quality > 0 else None


def page(data: bytes, coding: str) -> bytes:
    """Compress a page well enough for the moment it takes."""
    return brotli.compress(data, quality=_BROTLI) if coding == "br" else gzip.compress(data, _GZIP, mtime=0)


class Thrift:
    """Compresses again, as small as it gets, what is asked for again and again: in a thread, and not often.

    A page that shows moving counts is new every few seconds, and 17 ms are ten times what it took to render: of a
    process's time this takes one part in twenty at most, and what has no turn stays as it is.
    """

    def __init__(self) -> None:
        self._rest_until = 0.0

    def smallest(self, data: bytes, coding: str) -> bytes | None:
        """The smallest form; None when there is no time for it now."""
        began = time.monotonic()
        if began < self._rest_until:
            return None
        self._rest_until = began + 60  # while this one is under way
        try:
            result: bytes = get_hub().threadpool.apply(_smallest, (data, coding))
        finally:
            now = time.monotonic()
            self._rest_until = now + (now - began) * (THRIFT - 1)
        return result


THRIFT = 20
thrift = Thrift()


@lru_cache(maxsize=128)
def static(data: bytes, coding: str) -> bytes:
    """Compress a static file as small as it gets: once a process, in a thread, so that nobody's news waits."""
    result: bytes = get_hub().threadpool.apply(_smallest, (data, coding))
    return result


def _smallest(data: bytes, coding: str) -> bytes:
    return brotli.compress(data, quality=_BROTLI_MOST) if coding == "br" else gzip.compress(data, _GZIP_MOST, mtime=0)
