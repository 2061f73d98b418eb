"""The WebSocket is refused, dropped, silent or paused: the page goes on by itself, and comes back to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.parts import browser as browsers
from tests.parts.article import Article
from tests.parts.claps_server import ClapsServer
from tests.parts.processes import eventually
from tests.parts.tcp_proxy import TcpProxy, open_proxy

PARKED = "#lp[hx-trigger*='load delay:60s']"
RUNNING = "#lp[hx-trigger*='every']"


@pytest.fixture
def proxy(live_site: ClapsServer) -> Iterator[TcpProxy]:
    """What stands between the reader and the site."""
    with open_proxy(live_site.port) as proxy:
        yield proxy


def clap_elsewhere(site: ClapsServer, post_id: int) -> None:
    """Let somebody else clap once."""
    assert site.open_client().post(f"/posts/{post_id}/claps").status == 303


def test_with_a_socket_nothing_polls(live_site: ClapsServer, page: Page, proxy: TcpProxy) -> None:
    article = Article(page, proxy.url, 6).open()
    expect(page.locator(PARKED)).to_be_attached()
    before = article.claps

    clap_elsewhere(live_site, 6)

    article.expect_claps(before + 1)
    assert (proxy.upgrades, proxy.polls) == (1, 0)


def test_where_sockets_are_refused_the_page_polls_and_returns_to_the_socket_later(
    live_site: ClapsServer, page: Page, proxy: TcpProxy
) -> None:
    proxy.refuses_sockets = True
    article = Article(page, proxy.url, 6).open()
    expect(page.locator(RUNNING)).to_be_attached()
    # Who asks again has been answered: the count is no longer that of a kept copy.
    eventually(lambda: proxy.polls >= 2)
    before = article.claps

    for count in (1, 2, 3):
        clap_elsewhere(live_site, 6)
        article.expect_claps(before + count)
    assert proxy.polls >= 3

    proxy.refuses_sockets = False
    expect(page.locator(PARKED)).to_be_attached(timeout=15_000)
    clap_elsewhere(live_site, 6)
    article.expect_claps(before + 4)


def test_a_dropped_socket_is_opened_again(live_site: ClapsServer, page: Page, proxy: TcpProxy) -> None:
    article = Article(page, proxy.url, 6).open()
    expect(page.locator(PARKED)).to_be_attached()
    before = article.claps

    proxy.cut()
    clap_elsewhere(live_site, 6)

    article.expect_claps(before + 1)
    eventually(lambda: proxy.upgrades == 2)


def test_a_socket_that_has_gone_silent_is_replaced_by_the_poller(
    live_site: ClapsServer, page: Page, proxy: TcpProxy
) -> None:
    page.clock.install()
    article = Article(page, proxy.url, 6).open()
    expect(page.locator(PARKED)).to_be_attached()
    before = article.claps

    proxy.freeze_sockets()
    clap_elsewhere(live_site, 6)
    assert proxy.polls == 0
    page.clock.fast_forward(61_000)

    article.expect_claps(before + 1)
    assert proxy.polls > 0


def test_one_clap_in_a_page_with_a_silent_socket_still_shows(
    live_site: ClapsServer, page: Page, proxy: TcpProxy
) -> None:
    article = Article(page, proxy.url, 6).open()
    expect(page.locator(PARKED)).to_be_attached()
    before = article.claps
    proxy.freeze_sockets()

    article.clap()

    article.expect_claps(before + 1)


def test_a_page_of_a_proxy_is_never_shown_as_news(live_site: ClapsServer, page: Page, proxy: TcpProxy) -> None:
    page.clock.install()
    article = Article(page, proxy.url, 1).open()
    expect(page.locator(PARKED)).to_be_attached()
    before = article.claps

    proxy.answers_502 = True
    proxy.cut()
    eventually(lambda: proxy.upgrades > 1)
    page.clock.run_for(8_000)
    article.clap()
    article.expect_said("No answer: this may not have counted.")
    assert article.claps == before

    proxy.answers_502 = False
    clap_elsewhere(live_site, 1)
    page.clock.run_for(8_000)
    article.expect_claps(before + 1)


def test_a_hidden_tab_neither_polls_nor_keeps_a_socket(live_site: ClapsServer, page: Page, proxy: TcpProxy) -> None:
    page.clock.install()
    article = Article(page, proxy.url, 6).open()
    expect(page.locator(PARKED)).to_be_attached()
    before = article.claps

    set_visibility(page, hidden=True)
    eventually(lambda: proxy.open_upgrades == 0)
    page.clock.run_for(70_000)
    clap_elsewhere(live_site, 6)
    assert (proxy.upgrades, proxy.polls) == (1, 0)

    set_visibility(page, hidden=False)
    article.expect_claps(before + 1)


def set_visibility(page: Page, *, hidden: bool) -> None:
    """Tell the page what a browser tells the tab that goes behind another; a headless one has none behind."""
    page.evaluate(
        """hidden => {
            const state = {hidden, visibilityState: hidden ? 'hidden' : 'visible'}
            for (const [name, value] of Object.entries(state)) {
                Object.defineProperty(document, name, {value, configurable: true})
            }
            document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))
        }""",
        hidden,
    )


def test_after_back_the_page_that_was_kept_moves_on(live_site: ClapsServer, playwright: Playwright) -> None:
    browser = browsers.launch(playwright, keep_pages=True)
    article = Article(browser.new_page(), live_site.url, 6).open()
    article.page.evaluate("addEventListener('pageshow', event => { document.title = `kept: ${event.persisted}` })")
    before = article.claps

    article.page.click("text=Latest")
    expect(article.page.locator("h1")).to_have_text("Latest")
    clap_elsewhere(live_site, 6)
    article.page.evaluate("setTimeout(() => history.back())")

    expect(article.page).to_have_title("kept: true")
    article.expect_claps(before + 1)
    clap_elsewhere(live_site, 6)
    article.expect_claps(before + 2)
    browser.close()


def test_after_a_restart_the_numbers_agree_again(make_server: Callable[..., ClapsServer], page: Page) -> None:
    site = make_server()
    site.start()
    article = Article(page, site.url, 6).open()
    article.clap()
    article.expect_yours("1 from you")
    before = article.claps

    site.restart()
    clap_elsewhere(site, 6)

    article.expect_claps(before + 1)
    article.clap()
    article.expect_yours("2 from you")
    article.expect_claps(before + 2)
