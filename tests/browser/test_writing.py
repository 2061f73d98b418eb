"""Writing, as people do it: with script, and without."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.parts.article import sign_in
from tests.parts.claps_server import ClapsServer


def picture() -> FilePayload:
    """A small picture, as a file that somebody chooses."""
    out = BytesIO()
    Image.new("RGB", (640, 200), (200, 30, 20)).save(out, "JPEG")
    return FilePayload(name="bell.jpg", mimeType="image/jpeg", buffer=out.getvalue())


@pytest.fixture
def writer(live_site: ClapsServer, page: Page) -> Page:
    """Eli's browser."""
    sign_in(page, live_site.url, "eli")
    return page


def test_a_draft_saves_itself_is_looked_at_and_published(live_site: ClapsServer, writer: Page) -> None:
    writer.goto(f"{live_site.url}/write")
    address = writer.url
    writer.fill("#title", "On humming")
    writer.fill("#body", "A *hum*.")
    expect(writer.locator("#saved")).to_have_text("Saved, 2 words.")

    writer.reload()
    expect(writer.locator("#body")).to_have_value("A *hum*.")
    writer.click("text=Preview")
    expect(writer.locator("#preview em")).to_have_text("hum")
    assert writer.url == address
    writer.get_by_role("button", name="Publish").click()

    expect(writer.locator("h1")).to_have_text("On humming")
    writer.get_by_role("link", name="Edit", exact=True).click()
    expect(writer.locator("#body")).to_have_value("A *hum*.")
    withdraw(writer, live_site)


def test_a_draft_that_cannot_be_saved_says_so(live_site: ClapsServer, writer: Page) -> None:
    writer.goto(f"{live_site.url}/write")
    writer.evaluate("document.querySelector('#title').removeAttribute('maxlength')")

    writer.fill("#title", "x" * 201)

    expect(writer.locator("#say")).to_contain_text("At most 200 characters")
    writer.fill("#title", "x")
    expect(writer.locator("#say")).to_be_empty()


def test_everything_works_without_script(live_site: ClapsServer, page_without_script: Page) -> None:
    page = page_without_script
    sign_in(page, live_site.url, "eli")
    page.goto(f"{live_site.url}/write")
    page.fill("#title", "On silence")
    page.fill("#body", "*Nothing.*")
    page.set_input_files("#picture", files=[picture()])
    page.fill("#alt", "A red bell")
    page.click("text=Add picture")
    expect(page.locator("#body")).to_have_value(re.compile(r"\*Nothing\.\*\n\n!\[A red bell\]\(/media/.*\n"))

    page.click("text=Preview")
    expect(page.locator("#preview img")).to_have_attribute("alt", "A red bell")
    page.get_by_role("button", name="Publish").click()

    shown = page.locator(".prose img")
    expect(page.locator("h1")).to_have_text("On silence")
    assert shown.evaluate("image => [image.complete, image.naturalWidth]") == [True, 640]
    withdraw(page, live_site)


def withdraw(page: Page, live_site: ClapsServer) -> None:
    """Take the newest post from sight, so that other tests find the demo as it was."""
    page.goto(f"{live_site.url}/write/drafts")
    page.locator("form[action$='/withdraw'] button").first.click()
    expect(page.locator("#withdrawn")).to_be_attached()
