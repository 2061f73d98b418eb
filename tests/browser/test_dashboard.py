"""The dashboard as its writer sees it, with script and without."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from claps.plain.writing import new_key
from tests.browser.test_comments import sign_in as client_of
from tests.browser.test_pages import NARROW, list_violations, overflow
from tests.browser.test_text_browsers import read
from tests.parts.article import sign_in
from tests.parts.claps_server import ClapsServer


def test_the_chart_moves_with_a_clap_and_a_new_post_comes_by_itself(
    live_site: ClapsServer, page: Page
) -> None:
    asked: list[str] = []
    sign_in(page, live_site.url, "dina")
    page.wait_for_selector("#lp[hx-trigger*=delay\\:60s]", state="attached")
    page.on("request", lambda request: asked.append(request.url))
    bars, ticks = page.locator("#latelyclaps-0 path"), page.locator("#ticks")
    before = bars.get_attribute("d")

    live_site.open_client().post("/posts/6/claps", {"claps": 7})

    expect(bars).not_to_have_attribute("d", before or "")
    expect(ticks.locator("li").first).to_contain_text("claps for")
    client_of(live_site, "dina").post("/write/note", {"key": new_key(), "body": "While you were looking."})
    expect(page.locator("#moving li").first).to_contain_text("While you were looking.")
    # What SQL adds up is asked for when something was told; all that is of this moment is pushed.
    assert {urlsplit(url).path for url in asked} <= {"/dashboard/moved"}


def test_a_posts_own_page_moves_with_its_charts_and_who_clapped(live_site: ClapsServer, page: Page) -> None:
    sign_in(page, live_site.url, "dina")
    page.goto(f"{live_site.url}/dashboard/posts/6")
    page.wait_for_selector("#lp[hx-trigger*=delay\\:60s]", state="attached")
    shown, reader = page.locator("#claps-6"), live_site.open_client()
    before = int(shown.inner_text().replace(",", ""))

    told = reader.post_json("/posts/6/claps", {"claps": 7}).json

    expect(shown).to_have_text(f"{told['claps']:,}")
    assert told["claps"] >= before + 7
    assert page.locator("#people-6").inner_text().startswith("from ")
    client_of(live_site, "ben").post("/posts/6/claps", {"claps": 9})
    expect(page.locator("#ticks")).to_contain_text("Ben")
    expect(page.locator("#who").get_by_text("Ben")).to_be_visible(timeout=20_000)
    expect(page.locator("#cards")).to_contain_text("at most")
    reader.post("/posts/6/claps", {"undo": 1})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_figures_are_readable_on_a_phone(live_site: ClapsServer, browser: Browser, scheme: str) -> None:
    page = browser.new_page(viewport=NARROW, color_scheme=scheme)  # type: ignore[arg-type]
    sign_in(page, live_site.url, "ada")
    found = []
    for path in ("/dashboard?range=30d", "/dashboard/posts/1", "/dashboard/tables/times?range=7d"):
        page.goto(live_site.url + path)
        assert overflow(page) == 0, path
        found += list_violations(page)

    page.goto(f"{live_site.url}/dashboard")
    page.keyboard.press("Tab")
    page.get_by_text("These charts as a table").press("Enter")

    expect(page.get_by_role("region", name="Over time, table").get_by_role("table")).to_be_visible()
    assert not found
    page.close()


def test_without_script_figures_are_all_there(live_site: ClapsServer, page_without_script: Page) -> None:
    page = page_without_script
    sign_in(page, live_site.url, "ada")

    page.get_by_text("Other days").click()
    page.fill("#from", "2026-11-01")
    page.fill("#to", "2026-11-07")
    page.get_by_role("button", name="Show").click()

    expect(page.locator(".period")).to_contain_text("1 Nov 2026 to 7 Nov 2026")
    page.goto(f"{live_site.url}/dashboard/posts/1")
    page.get_by_role("button", name="Make a link").click()
    shared = page.locator(".link a").inner_text()
    page.get_by_role("button", name="End this link").click()
    expect(page.get_by_role("button", name="Make a link")).to_be_visible()
    answer = page.goto(shared)
    assert answer is not None and answer.status == 404


def test_in_a_text_browser_figures_are_sentences_and_tables(live_site: ClapsServer) -> None:
    text = read(client_of(live_site, "ada").get("/dashboard?range=7d").text)

    assert re.search(r"[\d,]+ in the last 30 minutes", text)
    assert re.search(r"Claps\s+[\d,]+\s+[▲▼=]", text)
    assert re.search(r"Time \(UTC\)\s+Views\s+Readers\s+Claps", text)
    assert "The bell that is never on time" in text
