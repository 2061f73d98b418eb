"""The clap button: fast, held, by keyboard, refused, and taken back."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Route, expect

from tests.parts.article import Article, sign_in
from tests.parts.claps_server import ClapsServer


def test_fast_clicks_are_all_counted_with_few_requests(live_site: ClapsServer, page: Page) -> None:
    article = Article(page, live_site.url, 4).open()
    before = article.claps

    # Within the page: on a busy machine a mouse is too slow.
    page.evaluate("() => { for (let count = 0; count < 20; count++) document.querySelector('#clap').click() }")

    article.expect_yours("20 from you")
    article.expect_claps(before + 20)
    article.expect_said("Thank you: 20 from you, 30 left.")
    assert article.posts_sent <= 10


def test_a_held_button_claps_on_with_one_request_a_tick(live_site: ClapsServer, page: Page) -> None:
    article = Article(page, live_site.url, 4).open()
    before = article.claps

    page.hover("#clap")
    page.mouse.down()
    expect(page.locator("[data-yours]")).to_have_attribute("data-yours", re.compile(r"[89]|\d\d"))
    page.mouse.up()

    expect(page.locator(".pending")).to_be_empty()
    given = int(page.get_attribute("[data-yours]", "data-yours") or 0)
    article.expect_claps(before + given)
    assert article.posts_sent <= given / 2


def test_the_pending_claps_are_shown_until_they_are_counted(live_site: ClapsServer, page: Page) -> None:
    article = Article(page, live_site.url, 4).open()
    seen: list[str] = []

    def note_and_go_on(route: Route) -> None:
        seen.append(page.inner_text(".pending"))
        route.continue_()

    page.route("**/claps", note_and_go_on)
    article.clap()
    article.expect_yours("1 from you")

    assert seen == ["+1"]
    expect(page.locator(".pending")).to_be_empty()


def test_the_keyboard_claps_and_keeps_the_focus(live_site: ClapsServer, page: Page) -> None:
    article = Article(page, live_site.url, 4).open()
    before = article.claps
    page.focus("#clap")

    for key in ("Enter", "Space", "Enter"):
        page.keyboard.press(key)

    article.expect_yours("3 from you")
    article.expect_claps(before + 3)
    expect(page.locator("#clap")).to_be_focused()


def test_to_reach_the_button_by_keyboard_does_not_move_the_page(live_site: ClapsServer, page: Page) -> None:
    Article(page, live_site.url, 4).open()

    page.focus("#clap")

    assert page.evaluate("scrollY") == 0


def test_the_fifty_first_clap_says_why_it_does_not_count(live_site: ClapsServer, page: Page) -> None:
    article = Article(page, live_site.url, 4).open()
    before = article.claps
    page.evaluate("for (let i = 0; i < 60; i++) document.querySelector('#clap').click()")
    article.expect_yours("All 50 given")
    page.evaluate("document.querySelector('#say').textContent = ''")

    article.clap()

    article.expect_said("You have given all 50.")
    assert article.claps == before + 50


def test_claps_can_be_taken_back_and_given_again(live_site: ClapsServer, page: Page) -> None:
    article = Article(page, live_site.url, 4).open()
    before = article.claps
    expect(page.get_by_role("button", name="Take back")).to_be_hidden()
    article.clap(3)
    article.expect_yours("3 from you")

    article.take_back()
    article.expect_said("Taken back.")
    article.expect_claps(before)
    article.clap(2)

    article.expect_yours("2 from you")
    article.expect_claps(before + 2)


def test_whoever_takes_back_in_one_breath_takes_all_of_it_back(live_site: ClapsServer, page: Page) -> None:
    article = Article(page, live_site.url, 4).open()
    before = article.claps

    page.evaluate(
        """() => {
            const clap = document.querySelector('#clap'), undo = document.querySelector('.undo button')
            clap.click(); clap.click(); clap.click(); undo.click()
        }"""
    )
    article.expect_said("Taken back.")
    expect(page.locator(".pending")).to_be_empty()

    page.reload()
    expect(page.locator(f"#yours-{article.post_id} span")).to_be_attached()
    assert page.get_attribute(f"#yours-{article.post_id} span", "data-yours") == "0"
    article.expect_claps(before)


def test_a_reader_goes_on_where_they_left_off(live_site: ClapsServer, page: Page) -> None:
    article = Article(page, live_site.url, 4).open()
    article.clap(2)
    article.expect_yours("2 from you")

    article.open()
    article.expect_yours("2 from you")
    article.clap()

    article.expect_yours("3 from you")


def test_a_writer_is_told_why_their_own_post_takes_no_clap(live_site: ClapsServer, page: Page) -> None:
    sign_in(page, live_site.url, "ada")
    article = Article(page, live_site.url, 8).open()
    before = article.claps
    article.expect_yours("You wrote this Edit")

    article.clap()

    article.expect_said("You wrote this: others clap for it.")
    expect(page.locator(".pending")).to_be_empty()
    assert article.claps == before
    expect(page.locator("#clap")).to_be_focused()


def test_a_clap_that_got_no_answer_says_so(live_site: ClapsServer, page: Page) -> None:
    article = Article(page, live_site.url, 4).open()
    before = article.claps

    page.route("**/claps", lambda route: route.abort())
    article.clap()

    article.expect_said("No answer: this may not have counted.")
    page.unroute("**/claps")
    article.clap()
    article.expect_claps(before + 1)
    article.expect_said("Thank you: 1 from you, 49 left.")
