"""Applause on another website: in a frame, with script and without, and where the cookies of others are blocked."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, Playwright, expect

from tests.parts import browser as browsers
from tests.parts.claps_server import ClapsServer
from tests.parts.processes import eventually


class Blog:
    """Another website: one page, whatever is asked for, with a frame for that page's applause.

    It is at "localhost", which to a browser is another site than Claps at 127.0.0.1.
    """

    def __init__(self, claps: ClapsServer, port: int) -> None:
        self.claps = claps
        self.origin = f"http://localhost:{port}"

    def html(self, path: str) -> str:
        """A page with its frame."""
        address = f"{self.claps.url}/embed?url={quote(self.origin + path, safe='')}"
        frame = f'<iframe src="{address}" title="Applause" width="600" height="90"></iframe>'
        return f"<!doctype html><html lang=en><title>Blog</title><h1>A blog</h1>{frame}"

    def frame_of(self, page: Page, path: str) -> FrameLocator:
        """Open a page; return its applause."""
        page.goto(self.origin + path)
        return page.frame_locator("iframe")

    def has(self, path: str, claps: int) -> bool:
        """Tell whether a page has so many claps, as everybody is told."""
        answer = self.claps.open_client().get(f"/embed?url={quote(self.origin + path, safe='')}")
        found = re.search(r'<b id="claps-\d+">([\d,]+)</b>', answer.text)
        assert found, answer.text
        return int(found[1].replace(",", "")) == claps


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, blog: list[Blog], *values: object) -> None:
        self.blog = blog
        super().__init__(*values)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        body = self.blog[0].html(self.path).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *values: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def blog(live_site: ClapsServer) -> Iterator[Blog]:
    """Another website, which Dina has registered."""
    found: list[Blog] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, found))
    found.append(Blog(live_site, server.server_port))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    client = live_site.open_client()
    client.post("/login", {"name": "dina", "password": "applause"})
    answer = client.post("/settings/sites", {"name": "Blog", "origins": found[0].origin})
    assert answer.status == 303, answer.text
    yield found[0]
    server.shutdown()
    server.server_close()
    thread.join()


@contextmanager
def open_blocking(playwright: Playwright, folder: Path, *, script: bool) -> Iterator[Page]:
    """A page of a reader who blocks the cookies of others, and perhaps script."""
    preferences = {"block_third_party_cookies": True, "cookie_controls_mode": 1}
    with browsers.open_profile(playwright, folder, script=script, **preferences) as context:
        yield context.pages[0]


def test_readers_clap_on_another_website(blog: Blog, playwright: Playwright, tmp_path: Path) -> None:
    with open_blocking(playwright, tmp_path / "profile", script=True) as page:
        frame = blog.frame_of(page, "/scripted")
        expect(frame.locator("[id^=claps-]")).to_have_text("0")

        for _ in range(2):
            frame.get_by_role("button", name="Clap").click()
        expect(frame.locator("[id^=claps-]")).to_have_text("2")
        expect(frame.locator(".yours")).to_have_text("2 from you")
        blog.claps.open_client().post("/embed/claps", {"url": f"{blog.origin}/scripted", "claps": "5"})
        expect(frame.locator("[id^=claps-]")).to_have_text("7")

        again = blog.frame_of(page, "/scripted")
        expect(again.locator(".yours")).to_have_text("2 from you")
        again.get_by_role("button", name="Take back").click()
        expect(again.locator("[id^=claps-]")).to_have_text("5")


def test_the_same_without_script(blog: Blog, playwright: Playwright, tmp_path: Path) -> None:
    with open_blocking(playwright, tmp_path / "profile", script=False) as page:
        frame = blog.frame_of(page, "/plain")
        counts = frame.frame_locator("[name=live]")
        expect(counts.locator("p").last).to_contain_text("0 claps")
        steps = page.evaluate("history.length")

        for given in (1, 2):
            frame.get_by_role("button", name="Clap").click()
            eventually(partial(blog.has, "/plain", given))
            expect(counts.locator("p:visible")).to_contain_text(f"{given} clap")
        blog.claps.open_client().post("/embed/claps", {"url": f"{blog.origin}/plain", "claps": "5"})
        expect(counts.locator("p:visible")).to_contain_text("7 claps from 2 people")

        assert "2 from you" in blog.frame_of(page, "/plain").locator("body").inner_html()
        assert page.evaluate("history.length") <= steps + 2


def test_no_other_website_can_show_it(blog: Blog, browser: Browser) -> None:
    said: list[str] = []
    context = browser.new_context()
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text))

    page.goto(f"{blog.origin.replace('localhost', '127.0.0.1')}/stolen")

    eventually(lambda: any("frame-ancestors" in text and "blocked" in text for text in said))
    expect(page.frame_locator("iframe").get_by_role("button", name="Clap")).to_have_count(0)
    context.close()
