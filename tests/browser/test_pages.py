"""Every page: no cookie by reading, kept as long as it may be, nothing sticks out, nobody is shut out."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.parts.article import sign_in
from tests.parts.browser import DESKTOP
from tests.parts.claps_server import ClapsServer

PUBLIC = ("/", "/popular", "/tags/theatre", "/posts/8", "/posts/9", "/@ada")
PAGES = (
    *PUBLIC, "/tags/theatre/top", "/posts/10", "/posts/8/likes", "/@ada/followers", "/comments/20", "/search?q=bell",
    "/search?q=ben", "/search?q=nothing-of-this", "/join", "/login", "/left", "/left/soon", "/no-such-page",
)
OWN = (
    "/following", "/bookmarks", "/settings", "/settings/leave", "/settings/sites", "/notifications", "/@eli",
    "/posts/5?c=1", "/write", "/write/note", "/write/drafts", "/write/images", "/write/post-5",
    "/write/post-5/revisions",
)
NARROW = ViewportSize(width=360, height=780)


def list_violations(page: Page, *rules: str) -> list[str]:
    """What axe-core finds: the rule and where; of all rules, or of some."""
    found = Axe().run(page, options={"runOnly": rules} if rules else None).response["violations"]
    return [f"{page.url} {rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]]


def overflow(page: Page) -> int:
    """How many pixels of the page are beyond its right edge."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def find_faults(page: Page, paths: Sequence[str], site_url: str) -> list[str]:
    """Open each page once: what sticks out of it, wide and narrow, and what axe-core finds, in light and dark."""
    found = []
    for path in paths:
        page.goto(site_url + path)
        for size in (DESKTOP, NARROW):
            page.set_viewport_size(size)
            found += [f"{path} is {overflow(page)} pixels too wide"] if overflow(page) else []
        found += list_violations(page)
        page.emulate_media(color_scheme="dark")
        # The only rule that colours can break.
        found += [f"dark {violation}" for violation in list_violations(page, "color-contrast")]
        page.emulate_media(color_scheme="light")
    return found


def test_every_page_fits_and_is_open_to_everybody(live_site: ClapsServer, page: Page) -> None:
    assert find_faults(page, PAGES, live_site.url) == []


def test_every_page_of_ones_own_fits_and_is_open_to_everybody(live_site: ClapsServer, page: Page) -> None:
    sign_in(page, live_site.url, "eli")

    assert find_faults(page, OWN, live_site.url) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_dashboard_and_forms_with_errors_as_well(live_site: ClapsServer, page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size(NARROW)
    page.goto(f"{live_site.url}/join")
    page.fill("#name", "ada")
    page.fill("#display_name", "A" * 60)
    page.fill("#password", "short")
    page.click("main button")
    expect(page.locator("#password-error")).to_be_visible()
    found = list_violations(page)
    assert overflow(page) == 0

    sign_in(page, live_site.url, "ada")
    assert overflow(page) == 0
    found += list_violations(page)

    page.goto(f"{live_site.url}/settings/sites/1")
    assert overflow(page) == 0
    assert found + list_violations(page) == []


def test_every_page_fits_without_script(live_site: ClapsServer, page_without_script: Page) -> None:
    page = page_without_script

    for size in (DESKTOP, NARROW):
        page.set_viewport_size(size)
        for path in PAGES:
            page.goto(live_site.url + path)
            assert overflow(page) == 0, path


def test_reading_sets_no_cookie_even_while_live_parts_are_open(live_site: ClapsServer, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()

    for path in PUBLIC:
        page.goto(live_site.url + path)
        expect(page.locator("#lp[hx-trigger*='load delay:60s']")).to_be_attached()

    assert context.cookies() == []
    context.close()


def test_reading_without_script_sets_no_cookie_either(live_site: ClapsServer, page_without_script: Page) -> None:
    with page_without_script.expect_request(lambda request: "since=" in request.url):
        page_without_script.goto(f"{live_site.url}/posts/8")

    assert page_without_script.context.cookies() == []


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_are_the_same_for_everybody_and_may_be_kept_for_a_minute(
    live_site: ClapsServer, path: str
) -> None:
    answer = live_site.open_client().get(path)

    assert answer.headers["cache-control"] == "public, max-age=60, stale-while-revalidate=600"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert answer.cookies == ()


@pytest.mark.parametrize("path", ["/join", "/login", "/posts/8?c=1", "/posts/8/hand"])
def test_pages_that_depend_on_who_looks_are_not_kept(live_site: ClapsServer, path: str) -> None:
    assert live_site.open_client().get(path).headers["cache-control"] == "private, no-store"
