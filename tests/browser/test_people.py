"""Liking, keeping and following in a browser: one press, the focus stays, and everybody sees the number."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.browser.test_pages import NARROW, find_faults, list_violations
from tests.parts.article import Article, sign_in
from tests.parts.claps_server import ClapsServer


def test_a_like_is_given_and_taken_by_keyboard_and_seen_by_others(
    live_site: ClapsServer, page: Page, browser: Browser
) -> None:
    other = browser.new_context().new_page()
    Article(other, live_site.url, 9).open()
    article = Article(page, live_site.url, 9).open()
    button, likes = page.locator("#like"), int(page.inner_text("#likes-9"))

    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_contain_text("Liked")
    expect(other.locator("#likes-9")).to_have_text(str(likes + 1))
    article.expect_said("You like this.")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")

    expect(button).to_have_text("Like")
    expect(other.locator("#likes-9")).to_have_text(str(likes))
    other.context.close()


def test_a_person_is_followed_and_the_button_remembers(live_site: ClapsServer, page: Page) -> None:
    sign_in(page, live_site.url, "eli")
    with page.expect_response("**/@cyd/hand"):
        page.goto(f"{live_site.url}/@cyd")
    button = page.get_by_role("button", name="Follow")
    button.click()
    expect(button).to_contain_text("Following")

    page.reload()

    expect(button).to_contain_text("Following")
    button.click()
    expect(page.locator("#say")).to_contain_text("You do not follow")
    expect(button).to_have_text("Follow")


def test_ones_own_pages_fit_and_are_open_to_everybody(live_site: ClapsServer, page: Page) -> None:
    sign_in(page, live_site.url, "ben")
    page.set_viewport_size(NARROW)
    Article(page, live_site.url, 2).open()
    page.get_by_role("button", name="Bookmark").click()
    expect(page.locator("#bookmark")).to_contain_text("Bookmarked")
    page.get_by_role("button", name="Like").click()
    expect(page.locator("#like")).to_contain_text("Liked")

    assert list_violations(page) == []
    assert find_faults(page, ("/bookmarks", "/@ada", "/posts/2/likes"), live_site.url) == []
