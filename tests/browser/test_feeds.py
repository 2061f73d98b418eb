"""Lists in a browser: what is new is said above them, and nothing of them moves until one asks."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from claps.plain.writing import new_key
from tests.browser.test_comments import sign_in as client_of
from tests.browser.test_pages import NARROW, list_violations, overflow
from tests.parts.article import sign_in
from tests.parts.claps_server import ClapsServer

BAR = "#new-posts a"


def place(page: Page) -> int:
    """How far down the page the third post stands."""
    return int(page.locator(".lines li").nth(2).evaluate("row => row.offsetTop"))


def test_open_lists_say_how_many_posts_are_new_and_stay_where_they_are(
    make_server: Callable[..., ClapsServer], browser: Browser, page: Page
) -> None:
    site = make_server()
    site.start()
    ada = client_of(site, "ada")
    home = browser.new_page(viewport=NARROW)
    sign_in(home, site.url, "ben")
    for one, path in ((page, "/"), (home, "/following")):
        one.goto(site.url + path)
        one.wait_for_selector("#lp[hx-trigger*=delay\\:60s]", state="attached")
        one.mouse.wheel(0, 300)
    before = [place(one) for one in (page, home)]

    for number, text in enumerate(("1 new post", "2 new posts"), 1):
        ada.post("/write/note", {"key": new_key(), "body": f"Note {number}"})
        for one in (page, home):
            expect(one.locator(BAR)).to_have_text(text)

    assert [place(one) for one in (page, home)] == before
    assert overflow(home) == 0
    found = list_violations(page) + list_violations(home)
    for one in (page, home):
        expect(one.locator(BAR)).to_be_in_viewport()
        one.click(BAR)
        expect(one.locator(".lines li").first).to_contain_text("Note 2")
        expect(one.locator(BAR)).to_have_count(0)
    home.close()
    assert found == []
