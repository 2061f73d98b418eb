"""Notifications while one looks: the badge and the bar move, and nothing else does."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.test_pages import NARROW, list_violations, overflow
from tests.parts.article import sign_in
from tests.parts.browser import DESKTOP
from tests.parts.claps_server import ClapsServer
from tests.parts.processes import eventually

POST_ID = 5  # by Eli


def comment_as(live_site: ClapsServer, name: str, body: str) -> None:
    """Comment on what Eli wrote."""
    client = live_site.open_client()
    assert client.post("/login", {"name": name, "password": "applause"}).status == 303
    assert client.post(f"/posts/{POST_ID}/comments", {"body": body}).status == 303


def wait_until_told(live_site: ClapsServer, what: str) -> None:
    """Wait until Eli was told of something, without looking at the page."""
    client = live_site.open_client()
    assert client.post("/login", {"name": "eli", "password": "applause"}).status == 303

    def is_told() -> bool:
        items = client.get("/notifications", headers={"Accept": "application/json", "Sec-Purpose": "prefetch"}).json
        return any(item["what"] == what for item in items["items"])

    assert eventually(is_told)


def test_news_comes_while_one_looks_and_is_on_every_page(live_site: ClapsServer, page: Page) -> None:
    for what in ("clapped", "commented"):  # by the demo
        wait_until_told(live_site, what)
    sign_in(page, live_site.url, "eli")
    page.goto(f"{live_site.url}/notifications")
    expect(page.locator("#badge")).to_be_empty()
    before = page.locator(".notifications li.unread").count()

    comment_as(live_site, "cyd", "I crossed it once.")
    expect(page.locator("#badge")).to_contain_text("1")
    assert page.locator(".notifications li.unread").count() == before
    page.goto(f"{live_site.url}/posts/{POST_ID}")
    expect(page.locator("#me")).to_contain_text("News 1")
    page.goto(f"{live_site.url}/")
    expect(page.locator("#me")).to_contain_text("News 1")
    page.goto(f"{live_site.url}/notifications")
    comment_as(live_site, "dina", "So did I.")
    page.locator("#newer a").click()

    first = page.locator(".notifications li.unread").first
    expect(first).to_contain_text("Dina")
    page.locator(".mute summary").click()
    for size in (DESKTOP, NARROW):
        page.set_viewport_size(size)
        assert overflow(page) == 0
    assert list_violations(page) == []


def test_without_script_it_is_links_and_forms(live_site: ClapsServer, page_without_script: Page) -> None:
    page = page_without_script
    sign_in(page, live_site.url, "eli")
    comment_as(live_site, "ada", "A bridge that hums is a bridge that lives.")
    wait_until_told(live_site, "commented")

    page.goto(f"{live_site.url}/notifications")
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.locator(".unread")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()

    expect(page.locator(".unread").first).to_be_visible()
