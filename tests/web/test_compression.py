"""Answers are compressed as the other end takes it, and only then."""

from __future__ import annotations

import gzip

import brotli
import pytest

from claps.web.compression import Thrift, page
from tests.parts.claps_server import ClapsServer

BROWSER = "gzip, deflate, br, zstd"


@pytest.mark.parametrize("path", ["/", "/posts/8", "/static/css/claps.css", "/static/js/claps.js", "/no-such-page"])
def test_a_browser_gets_brotli_that_unpacks_to_the_plain_answer(live_site: ClapsServer, path: str) -> None:
    client = live_site.open_client()

    plain, packed = client.get(path), client.get(path, headers={"Accept-Encoding": BROWSER})

    assert packed.headers["content-encoding"] == "br"
    assert len(packed.body) < len(plain.body) / 2
    assert brotli.decompress(packed.body)[:80] == plain.body[:80]


@pytest.mark.parametrize("wish", ["gzip", "gzip, br;q=0", "br;q=0.5, gzip"])
def test_gzip_goes_to_whoever_prefers_it(live_site: ClapsServer, wish: str) -> None:
    answer = live_site.open_client().get("/static/js/claps.js", headers={"Accept-Encoding": wish})

    assert answer.headers["content-encoding"] == "gzip"
    assert b"htmx" in gzip.decompress(answer.body)


@pytest.mark.parametrize("wish", ["", "identity", "gzip;q=0", "zstd"])
def test_nothing_is_compressed_unasked(live_site: ClapsServer, wish: str) -> None:
    answer = live_site.open_client().get("/posts/8", headers={"Accept-Encoding": wish})

    assert "content-encoding" not in answer.headers
    assert answer.headers["vary"] == "Accept-Encoding"


def test_what_waits_is_never_compressed(live_site: ClapsServer) -> None:
    headers = {"Accept-Encoding": BROWSER, "Accept": "application/json"}

    answer = live_site.open_client().get("/live?topic=post:8", headers=headers)

    assert "content-encoding" not in answer.headers
    assert answer.json["topic"] == "post:8"


def test_a_small_answer_is_left_as_it_is(live_site: ClapsServer) -> None:
    answer = live_site.open_client().get("/healthz", headers={"Accept-Encoding": BROWSER})

    assert "content-encoding" not in answer.headers


def test_what_is_asked_for_again_is_made_smaller_but_not_all_the_time() -> None:
    data = b"".join(b"<p>%d claps and a few more words</p>" % number for number in range(400))
    thrift = Thrift()

    first, second = thrift.smallest(data, "br"), thrift.smallest(data, "br")

    assert first is not None and brotli.decompress(first) == data and len(first) < len(page(data, "br"))
    assert second is None
