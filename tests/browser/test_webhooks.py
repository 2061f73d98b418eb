"""Making a webhook in a browser, trying it, and reading what became of it."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.test_pages import find_faults
from tests.parts.article import sign_in
from tests.parts.claps_server import ClapsServer
from tests.parts.processes import eventually


def test_a_webhook_is_made_and_tried_on_pages_that_are_open_to_everybody(page: Page, live_site: ClapsServer) -> None:
    sign_in(page, live_site.url, "cyd")
    page.goto(f"{live_site.url}/settings/webhooks")
    page.get_by_label("The address of your server").fill(f"https://hooks.invalid/{'claps-' * 12}")
    page.get_by_label("Somebody follows me").check()
    page.get_by_label("My posts get claps").check()
    page.get_by_role("button", name="Make a webhook").click()
    assert page.locator(".once code").inner_text().startswith("whsec_")

    page.get_by_role("button", name="Send a test").click()
    place = page.url.partition("?")[0].removeprefix(live_site.url)

    def has_been_tried() -> bool:
        page.goto(live_site.url + place)
        return "There is no such host." in page.inner_text("#deliveries")

    eventually(has_been_tried, seconds=30)
    page.locator("summary").click()
    assert '"type": "ping"' in page.inner_text("pre")
    assert find_faults(page, ["/settings/webhooks", place], live_site.url) == []
