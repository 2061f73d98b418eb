"""A table in several windows, with script and without."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.parts.claps_server import ClapsServer
from tests.parts.tables import make_table, put


@pytest.fixture
def windows(live_site: ClapsServer, context: BrowserContext) -> Iterator[list[Page]]:
    """Two windows with one table, both live."""
    writer, name = make_table(live_site)
    for key in ("b", "d"):
        put(writer, name, key, key)
    pages = [context.new_page() for _ in range(2)]
    for page in pages:
        page.goto(f"{live_site.url}/tables/{name}")
    for page in pages:
        page.wait_for_selector("#lp[hx-trigger*='60s']", state="attached")
    yield pages


def keys_of(page: Page) -> list[str]:
    """The keys on a page, in their order."""
    return page.locator("#rows th").all_inner_texts()


def test_windows_move_together(windows: list[Page]) -> None:
    one, other = windows

    for key in ("c", "a", "e"):
        one.fill("#key", key)
        one.fill("#value", "new")
        one.get_by_role("button", name="Add", exact=True).click()
        expect(one.locator("#key")).to_have_value("")
        expect(one.locator("#key")).to_be_focused()
        expect(other.locator(f"[data-key='{key}'].fresh")).to_be_visible()
    one.click("[aria-label='Delete b']")
    for window in windows:
        expect(window.locator("[data-key='b']")).to_have_count(0)

    assert keys_of(one) == keys_of(other) == ["a", "c", "d", "e"]


def test_who_is_editing_keeps_what_was_typed_while_others_change_it(windows: list[Page]) -> None:
    one, other = windows
    one.click("[aria-label='Edit d']")
    box = one.locator("tr.editor textarea")
    expect(box).to_be_focused()
    box.press_sequentially("ocument")

    other.click("[aria-label='Edit d']")
    other.fill("tr.editor textarea", "theirs")
    other.click("tr.editor button")

    expect(one.locator("[data-key='d'] .value")).to_have_text("theirs")
    expect(box).to_be_focused()
    assert box.input_value() in ("document", "ocumentd")
    one.click("tr.editor button")
    expect(one.locator("tr.editor .hint")).to_contain_text("Somebody has changed it meanwhile")
    one.click("tr.editor button")
    expect(other.locator("[data-key='d'] .value")).to_contain_text("ocument")


def test_a_row_of_another_page_does_not_come_in(live_site: ClapsServer, page: Page) -> None:
    writer, name = make_table(live_site)
    operations = [{"op": "put", "key": f"k{number:02}", "value": number} for number in range(60)]
    writer.post_json(f"/api/v1/tables/{name}/batch", {"operations": operations})
    page.goto(f"{live_site.url}/tables/{name}")
    page.wait_for_selector("#lp[hx-trigger*='60s']", state="attached")

    put(writer, name, "k55", "elsewhere")
    put(writer, name, "k10", "here")

    expect(page.locator("[data-key='k10'] .value")).to_have_text("here")
    assert keys_of(page) == [f"k{number:02}" for number in range(50)]


def test_a_table_is_used_without_script(live_site: ClapsServer, page_without_script: Page) -> None:
    page = page_without_script
    page.goto(f"{live_site.url}/tables")
    page.click("text=Try one out")
    page.fill("#key", "greeting")
    page.fill("#value", "hello")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#say")).to_have_text("Saved.")
    frame = page.frame_locator("iframe[name=live]")
    expect(frame.locator("p:visible")).to_contain_text("greeting hello")

    name = page.url.partition("/tables/")[2].partition("?")[0]
    put(live_site.open_client(), name, "greeting", "goodbye")

    expect(frame.locator("p:visible")).to_contain_text("greeting goodbye")
    page.click("text=Edit")
    page.fill("textarea", "from here")
    page.click("text=Save")
    expect(page.locator("td.value")).to_have_text("from here")
