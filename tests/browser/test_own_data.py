"""What is one's own: taken out, put back and left behind, without script as well."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

from playwright.sync_api import Page, expect

from tests.browser.test_pages import NARROW, list_violations, overflow
from tests.parts.article import sign_in
from tests.parts.claps_server import ClapsServer


def test_a_zip_is_downloaded_without_script(live_site: ClapsServer, page_without_script: Page, tmp_path: Path) -> None:
    page = page_without_script
    sign_in(page, live_site.url, "ada")
    page.goto(f"{live_site.url}/settings")

    with page.expect_download() as download:
        page.click("text=Download a copy")
    download.value.save_as(tmp_path / "mine.zip")

    assert download.value.suggested_filename.startswith("claps-ada-")
    assert "profile.json" in ZipFile(tmp_path / "mine.zip").namelist()


def test_leaving_and_putting_back_are_open_to_everybody(live_site: ClapsServer, page: Page) -> None:
    page.set_viewport_size(NARROW)
    sign_in(page, live_site.url, "ben")
    page.goto(f"{live_site.url}/write")
    page.fill("#title", "Not meant")
    page.fill("#body", "Ding.")
    page.click("button[value=save]")
    expect(page.locator("#saved")).to_contain_text("Saved")
    page.reload()
    page.click("text=Throw away")
    page.click("text=Throw this draft away")
    expect(page.locator("#thrown")).to_be_visible()
    found = list_violations(page)
    assert overflow(page) == 0
    page.click("button:has-text('Put back')")
    expect(page.locator("#title")).to_have_value("Not meant")

    page.goto(f"{live_site.url}/settings")
    page.click("text=Delete your account")
    page.fill("#password", "another password")
    page.click("text=Delete my account")
    expect(page.locator("#password-error")).to_be_visible()
    assert overflow(page) == 0
    found += list_violations(page)
    page.goto(f"{live_site.url}/left")
    found += list_violations(page)
    assert found == []
