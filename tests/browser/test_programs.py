"""Letting a program in, with a real browser: the way there and back, with and without script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.parts.claps_server import ClapsServer

CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


class Back(BaseHTTPRequestHandler):
    """The page of an app to which people come back."""

    def do_GET(self) -> None:
        """Say that somebody came."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Back</title><p>You are back.</p>")

    def log_message(self, *told: object) -> None:
        """Say nothing."""


@pytest.fixture
def back() -> Iterator[str]:
    """Where an app wants people sent back to: another origin than the site's."""
    server = HTTPServer(("127.0.0.1", 0), Back)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/back"
    server.shutdown()
    thread.join()
    server.server_close()


def sign_in(page: Page, site: ClapsServer, name: str) -> None:
    """Sign in as one of the demo's people."""
    page.goto(f"{site.url}/login")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill("applause")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def let_in(page: Page, site: ClapsServer, back: str) -> None:
    """Register an app, be sent to the question by it, and say yes."""
    sign_in(page, site, "cyd")
    page.goto(f"{site.url}/settings/programs")
    form = page.locator("form[action$=apps]")
    form.get_by_label("Its name").fill("Bell counter")
    form.get_by_label("Where people are sent back to").fill(back)
    form.get_by_label("Clap, like and bookmark").check()
    form.get_by_role("button").click()
    client_id = re.search(r"Client id:\s*([\w-]+)", page.inner_text("main"))
    assert client_id is not None
    asked = {
        "response_type": "code", "client_id": client_id[1], "redirect_uri": back, "scope": "clap", "state": "s",
        "code_challenge": CHALLENGE, "code_challenge_method": "S256",
    }
    page.goto(f"{site.url}/oauth/authorize?{urlencode(asked)}")
    assert "Let Bell counter in?" in page.inner_text("h1")
    page.get_by_role("button", name="Let it in").click()
    page.wait_for_url(f"{back}**")


def test_a_person_lets_a_program_in_and_comes_back_to_it(page: Page, live_site: ClapsServer, back: str) -> None:
    let_in(page, live_site, back)

    assert "code=clapsc_" in page.url and "state=s" in page.url
    assert page.inner_text("body") == "You are back."


def test_without_script_it_is_the_same(page_without_script: Page, live_site: ClapsServer, back: str) -> None:
    let_in(page_without_script, live_site, back)

    assert page_without_script.inner_text("body") == "You are back."


def test_the_page_of_programs_is_usable_by_everybody(page: Page, live_site: ClapsServer) -> None:
    sign_in(page, live_site, "cyd")

    page.goto(f"{live_site.url}/settings/programs")
    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()
