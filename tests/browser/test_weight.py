"""The whole article page, as a browser gets it: under 25 KB with script, under 9 KB without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Response

from tests.parts.article import Article
from tests.parts.claps_server import ClapsServer

POST_ID = 8  # "How a room stops clapping", with ten comments
KINDS = ("text/html", "text/css", "text/javascript", "application/javascript")
WITH_SCRIPT_BYTES = 25_000
WITHOUT_SCRIPT_BYTES = 9_000
# Browsers take brotli over HTTPS only, and on localhost: over plain HTTP the same page is a little heavier.
WITH_SCRIPT_GZIP_BYTES = 26_500


class Scales:
    """Adds up what comes over the wire, without heads."""

    def __init__(self, page: Page) -> None:
        self._responses: list[Response] = []
        page.on("response", lambda response: self._responses.append(response))

    def weigh(self) -> dict[str, int]:
        """The bytes of each page, frame, style sheet and script, compressed as they came."""
        weights: dict[str, int] = {}
        for response in self._responses:
            # The stream of counts has no size, for it has no end.
            if response.headers.get("content-type", "").startswith(KINDS) and "since=" not in response.url:
                path, size = urlsplit(response.url).path, response.request.sizes()["responseBodySize"]
                # What the frame takes again comes from the cache, with a size that is none.
                weights[path] = max(size, weights.get(path, 0))
        return weights


def test_it_is_an_article_of_its_kind(live_site: ClapsServer) -> None:
    html = live_site.open_client().get(f"/posts/{POST_ID}").text

    prose = re.search(r'<div class="prose".*?</div>', html, re.DOTALL)
    assert prose is not None
    assert len(re.sub(r"<[^>]+>", " ", prose[0]).split()) > 1_350
    assert html.count('<article id="comment-') == 10


def test_with_script_it_stays_under_25_kilobytes(live_site: ClapsServer, page: Page) -> None:
    scales = Scales(page)

    Article(page, live_site.url, POST_ID).open()

    weights = scales.weigh()
    assert "/static/js/claps.js" in weights
    assert sum(weights.values()) <= WITH_SCRIPT_BYTES, weights


def test_without_script_it_stays_under_9_kilobytes(live_site: ClapsServer, page_without_script: Page) -> None:
    scales = Scales(page_without_script)

    Article(page_without_script, live_site.url, POST_ID).open_without_script()

    weights = scales.weigh()
    assert "/noscript.css" in weights
    assert sum(weights.values()) <= WITHOUT_SCRIPT_BYTES, weights


@pytest.fixture
def gzip_page(context: BrowserContext) -> Iterator[Page]:
    """A page of a browser that takes gzip and nothing better."""
    context.set_extra_http_headers({"Accept-Encoding": "gzip"})
    yield context.new_page()


def test_with_gzip_alone_it_stays_under_26_and_a_half_kilobytes(live_site: ClapsServer, gzip_page: Page) -> None:
    scales = Scales(gzip_page)

    Article(gzip_page, live_site.url, POST_ID).open()

    weights = scales.weigh()
    assert sum(weights.values()) <= WITH_SCRIPT_GZIP_BYTES, weights
