"""JavaScript is off: the count moves all the same, and nothing reloads."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.parts.article import OWN_PASSWORD, Article, sign_in
from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Client
from tests.parts.processes import eventually


def cookies_of(page: Page) -> dict[str, str]:
    """The reader's cookies, for a client that goes on as the same reader."""
    return {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}


def shown_claps(article: Article) -> int:
    """The count in the frame; every older one must be out of sight."""
    text = article.counts_frame.locator("body").inner_text()
    counts = r"([\d,]+) claps? from [\w,]+ (people|person)(\s[\d,]+ likes?)?(\n\d+ reading now)?"
    found = re.fullmatch(counts, text.strip())
    assert found, text
    return int(found[1].replace(",", ""))


def test_the_count_moves_in_its_frame_while_the_article_stays(
    live_site: ClapsServer, page_without_script: Page
) -> None:
    article = Article(page_without_script, live_site.url, 5).open_without_script()
    before = shown_claps(article)
    article.requests.clear()

    for times in (1, 2, 3):
        live_site.open_client().post("/posts/5/claps", {"claps": times})

    eventually(lambda: shown_claps(article) == before + 6)
    assert article.requests == []
    assert article.page.locator("#claps-5").is_hidden()


def test_old_counts_are_out_of_sight_and_out_of_the_accessibility_tree(
    live_site: ClapsServer, page_without_script: Page
) -> None:
    article = Article(page_without_script, live_site.url, 5).open_without_script()
    before = shown_claps(article)

    live_site.open_client().post("/posts/5/claps")
    eventually(lambda: shown_claps(article) == before + 1)

    lines = article.counts_frame.locator("p")
    assert lines.count() > 1
    assert [line.is_visible() for line in lines.all()] == [False] * (lines.count() - 1) + [True]


def test_clapping_reloads_nothing_and_leaves_no_step_in_the_history(
    live_site: ClapsServer, page_without_script: Page
) -> None:
    article = Article(page_without_script, live_site.url, 5).open_without_script()
    before, steps = shown_claps(article), article.steps_back
    article.requests.clear()

    article.page.focus("#clap")
    article.page.keyboard.press("Enter")
    expect(article.said_frame.locator("p")).to_have_text("Thank you.")
    for _ in range(2):
        with article.page.expect_response("**/claps"):
            article.page.keyboard.press("Enter")

    eventually(lambda: shown_claps(article) == before + 3)
    assert article.steps_back == steps
    assert {path.split("?")[0] for method, path in article.requests if method == "GET"} <= {
        "/static/css/claps.css", "/static/css/parts/frame.css"
    }


def test_claps_can_be_taken_back(live_site: ClapsServer, page_without_script: Page) -> None:
    article = Article(page_without_script, live_site.url, 5).open_without_script()
    before = shown_claps(article)
    article.clap(2)
    eventually(lambda: shown_claps(article) == before + 2)

    article.take_back()

    eventually(lambda: shown_claps(article) == before)
    expect(article.said_frame.locator("p")).to_have_text("Taken back.")


def test_the_reader_is_told_that_all_fifty_are_given(live_site: ClapsServer, page_without_script: Page) -> None:
    article = Article(page_without_script, live_site.url, 5).open_without_script()
    before = shown_claps(article)
    with article.page.expect_response("**/claps"):
        article.clap()
    Client(live_site.port, cookies_of(article.page)).post("/posts/5/claps", {"claps": 49})

    article.clap()

    expect(article.said_frame.locator("p")).to_have_text("You have given all 50.")
    eventually(lambda: shown_claps(article) == before + 50)


def test_a_writer_is_told_why_their_own_post_takes_no_clap(
    live_site: ClapsServer, page_without_script: Page
) -> None:
    sign_in(page_without_script, live_site.url, "eli")
    article = Article(page_without_script, live_site.url, 5).open_without_script()

    article.clap()

    expect(article.said_frame.locator("p")).to_have_text("You wrote this: others clap for it.")


def test_a_comment_is_written_with_a_plain_form(live_site: ClapsServer, page_without_script: Page) -> None:
    page = page_without_script
    sign_in(page, live_site.url, "dina")
    page.goto(f"{live_site.url}/posts/5")

    page.fill("#body", "A quiet word, without script.")
    page.click("text=Publish comment")

    expect(page.locator(".comments li").last).to_contain_text("A quiet word, without script.")
    assert re.search(r"/posts/5\?c=c(\d+)#comment-\1$", page.url)


def test_the_dashboard_moves(live_site: ClapsServer, page_without_script: Page) -> None:
    page = page_without_script
    with page.expect_request(lambda request: "topic=writer" in request.url and "since=" in request.url):
        sign_in(page, live_site.url, "ben")
    frame = page.frame("live")
    assert frame is not None
    row = frame.locator(".row", has_text="How to read a tide table").last
    before = int(row.locator("b").first.inner_text().replace(",", ""))

    live_site.open_client().post("/posts/7/claps", {"claps": 4})

    expect(row.locator("b").first).to_have_text(f"{before + 4:,}")


def test_joining_and_leaving(live_site: ClapsServer, page_without_script: Page) -> None:
    page = page_without_script
    page.goto(f"{live_site.url}/join")
    page.fill("#name", "flora")
    page.fill("#display_name", "Flora Quiet")
    page.fill("#password", OWN_PASSWORD)
    page.click("main button")
    expect(page.locator("main")).to_contain_text("You have not published anything yet.")

    page.click("text=Sign out")

    expect(page.locator("h1")).to_have_text("Latest")
    page.goto(f"{live_site.url}/dashboard")
    expect(page.locator("h1")).to_have_text("Sign in")
