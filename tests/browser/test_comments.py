"""Comments in a browser: they arrive without moving what one reads, and nothing half-written is lost."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.parts.article import Article
from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Client

COMMENTS = "/posts/2/comments"


def sign_in(live_site: ClapsServer, name: str) -> Client:
    """A person of the demo."""
    client = live_site.open_client()
    assert client.post("/login", {"name": name, "password": "applause"}).status == 303
    return client


def write(person: Client, body: str) -> int:
    """Write a comment; return its id."""
    return int(person.post(COMMENTS, {"body": body}, headers={"Accept": "application/json"}).json["id"])


def test_an_arriving_comment_is_counted_and_moves_nothing(live_site: ClapsServer, page: Page) -> None:
    ben = sign_in(live_site, "ben")
    Article(page, live_site.url, 2).open()
    page.locator("#body").press_sequentially("Half a thou")
    before = page.locator("#body").bounding_box()

    first = write(ben, "First to arrive.")
    bar = page.locator(".arrived label")
    expect(bar).to_be_visible()
    after_one = page.evaluate("getComputedStyle(document.querySelector('.arrived label'), '::before').content")
    write(ben, "Second to arrive.")
    expect(page.locator("#arrived-2 article")).to_have_count(2)
    page.keyboard.type("ght")

    assert after_one == '"1 new comment. Show"'
    after = page.locator("#body").bounding_box()
    assert before is not None and after is not None and abs(after["y"] - before["y"]) < 1
    expect(page.locator("#body")).to_have_value("Half a thought")
    expect(page.get_by_text("First to arrive.")).not_to_be_visible()
    bar.click()
    expect(page.get_by_text("First to arrive.")).to_be_visible()

    ben.post(f"/comments/{first}/edit", {"body": "First, changed."})
    expect(page.get_by_text("First, changed.")).to_be_visible()
    ben.post(f"/comments/{first}/remove", {"undo": "0"})
    expect(page.locator(f"#comment-{first}")).to_have_text("This comment was taken away.")


def test_ones_own_comment_takes_its_place_at_once(live_site: ClapsServer, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{live_site.url}/login?next=/posts/2")
    page.fill("#name", "ben")
    page.fill("#password", "applause")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/posts/2*")
    page.locator("#ws").wait_for(state="attached")

    page.fill("#body", "My own, with script.")
    page.get_by_role("button", name="Publish comment").click()

    expect(page.locator("#threads-2 > li", has_text="My own, with script.")).to_be_visible()
    expect(page.locator("#body")).to_have_value("")
    page.wait_for_timeout(500)
    expect(page.locator("article", has_text="My own, with script.").locator(".who")).to_have_count(1)
    expect(page.locator(".arrived label")).not_to_be_visible()
    page.close()
