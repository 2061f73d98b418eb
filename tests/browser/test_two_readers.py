"""One claps, the other sees it."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, Route, expect

from tests.parts.article import Article
from tests.parts.claps_server import ClapsServer


def test_a_clap_in_one_browser_moves_the_number_in_the_other(live_site: ClapsServer, browser: Browser) -> None:
    ben, cyd = (Article(browser.new_page(), live_site.url, 1).open() for _ in range(2))
    before = cyd.claps

    ben.clap()

    ben.expect_claps(before + 1)
    cyd.expect_claps(before + 1)
    ben.expect_yours("1 from you")
    cyd.expect_yours("")
    for article in (ben, cyd):
        article.page.close()


def test_people_and_readers_are_told_in_words(live_site: ClapsServer, page: Page) -> None:
    article = Article(page, live_site.url, 1).open()
    people = int(page.inner_text("#people-1").split()[1])

    article.clap()

    expect(page.locator("#people-1")).to_have_text(f"from {people + 1} people")
    expect(page.locator("#readers-1")).to_have_text("1 reading now")


def test_an_answer_that_comes_late_does_not_turn_the_number_back(live_site: ClapsServer, page: Page) -> None:
    article = Article(page, live_site.url, 1).open()
    before = article.claps

    def answer_late(route: Route) -> None:
        answer = route.fetch()
        live_site.open_client().post("/posts/1/claps", {"claps": 5})
        article.expect_claps(before + 6)
        route.fulfill(response=answer)

    page.route("**/claps", answer_late)
    article.clap()

    article.expect_yours("1 from you")
    assert article.claps == before + 6


def test_what_somebody_types_stays_while_numbers_move(live_site: ClapsServer, page: Page) -> None:
    article = Article(page, live_site.url, 1).open()
    before = article.claps
    page.locator("#body").press_sequentially("Half a thou")

    live_site.open_client().post("/posts/1/claps")
    article.expect_claps(before + 1)
    page.keyboard.type("ght")

    assert page.input_value("#body") == "Half a thought"


def test_the_front_page_moves_as_well(live_site: ClapsServer, page: Page) -> None:
    page.goto(live_site.url)
    shown = page.locator("#claps-2")
    before = int(shown.inner_text())

    live_site.open_client().post("/posts/2/claps", {"claps": 3})

    expect(shown).to_have_text(str(before + 3))
