"""Joining, signing in and out, the dashboard, and comments, as people do it."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.parts.article import DEMO_PASSWORD, OWN_PASSWORD, sign_in
from tests.parts.claps_server import ClapsServer


def send(page: Page, address: str, **fields: str) -> None:
    """Fill a form in and send it."""
    page.goto(address)
    for name, text in fields.items():
        page.fill(f"#{name}", text)
    page.click("main button")


def expect_error_at(page: Page, field: str, text: str) -> None:
    """The field has the focus, is marked as wrong, and is described by the sentence."""
    expect(page.locator(f"#{field}-error")).to_contain_text(text)
    expect(page.locator(f"#{field}")).to_be_focused()
    expect(page.locator(f"#{field}")).to_have_accessible_description(re.compile(re.escape(text)))


def test_joining_signs_in_and_the_name_is_taken_from_then_on(live_site: ClapsServer, page: Page) -> None:
    send(page, f"{live_site.url}/join", name="grace", display_name="Grace Hill", password=OWN_PASSWORD)

    expect(page.locator("h1")).to_have_text("Dashboard")
    expect(page.locator(".top .me")).to_have_text("Grace Hill")
    page.click("text=Sign out")
    send(page, f"{live_site.url}/join", name="grace", display_name="Another", password=OWN_PASSWORD)
    expect_error_at(page, "name", "taken")
    expect(page.locator("#display_name")).to_have_value("Another")


def test_a_short_password_is_refused_beside_its_field(live_site: ClapsServer, page: Page) -> None:
    send(page, f"{live_site.url}/join", name="henry", display_name="Henry", password="short")

    expect_error_at(page, "password", "15 to 200 characters")
    expect(page.locator("#name")).to_have_value("henry")
    expect(page).to_have_title("Not yet: Join · Claps")


def test_a_name_that_cannot_be_one_is_refused_beside_its_field(live_site: ClapsServer, page: Page) -> None:
    send(page, f"{live_site.url}/join", name="no spaces please", display_name="Ida", password=OWN_PASSWORD)

    expect_error_at(page, "name", "begins with a letter")


def test_a_wrong_password_does_not_say_which_was_wrong(live_site: ClapsServer, page: Page) -> None:
    for name in ("ada", "nobody_here"):
        send(page, f"{live_site.url}/login", name=name, password="not this one")

        expect(page.locator(".form .error")).to_have_text("That name and password do not fit together.")
        expect(page.locator("#name")).to_have_value(name)


def test_after_signing_in_one_comes_back_to_where_one_was(live_site: ClapsServer, page: Page) -> None:
    page.goto(f"{live_site.url}/posts/2")
    page.click("text=signed in")

    page.fill("#name", "cyd")
    page.fill("#password", DEMO_PASSWORD)
    page.click("main button")

    expect(page).to_have_url(f"{live_site.url}/posts/2#comments")
    page.fill("#body", "It was the oven.")
    page.click("text=Publish comment")
    expect(page.locator(".comments li").last).to_contain_text("It was the oven.")
    expect(page.locator(".comments li").last).to_contain_text("Cyd Larsen")


def test_a_comment_moves_the_number_of_comments_for_everybody(live_site: ClapsServer, page: Page) -> None:
    page.goto(f"{live_site.url}/posts/3")
    before = int(page.inner_text("#comments-3"))
    writer = live_site.open_client()
    signed_in = writer.post("/login", {"name": "dina", "password": DEMO_PASSWORD})

    assert signed_in.status == 303
    assert writer.post("/posts/3/comments", {"body": "Rule six: bread."}).status == 303

    expect(page.locator("#comments-3")).to_have_text(str(before + 1))


def test_a_comment_without_an_account_is_answered_with_the_way_in(live_site: ClapsServer, page: Page) -> None:
    page.goto(f"{live_site.url}/posts/2")
    page.fill("#body", "Let me say something.")
    page.click("text=Publish comment")
    expect(page.locator("#body-hint")).to_contain_text("Comments carry a name.")
    expect(page.locator("#body")).to_have_value("Let me say something.")

    page.locator("#body-hint").get_by_role("link", name="Sign in").click()

    expect(page.locator("input[name=next]")).to_have_value("/posts/2#comments")


def test_the_dashboard_moves_while_the_writer_looks(live_site: ClapsServer, page: Page) -> None:
    sign_in(page, live_site.url, "dina")
    claps, total = page.locator("#claps-6"), page.locator("#claps-0")
    before, all_before = (int(shown.inner_text().replace(",", "")) for shown in (claps, total))
    minutes = page.inner_text("#minutes-6")

    live_site.open_client().post("/posts/6/claps", {"claps": 7})

    expect(claps).to_have_text(f"{before + 7:,}")
    expect(total).to_have_text(f"{all_before + 7:,}")
    expect(page.locator("#minutes-6")).not_to_have_text(minutes)


def test_signed_out_the_dashboard_leads_to_the_door_and_back(live_site: ClapsServer, page: Page) -> None:
    page.goto(f"{live_site.url}/dashboard")
    expect(page.locator("h1")).to_have_text("Sign in")

    page.fill("#name", "ada")
    page.fill("#password", DEMO_PASSWORD)
    page.click("main button")

    expect(page).to_have_url(f"{live_site.url}/dashboard")
    page.click("text=Sign out")
    page.goto(f"{live_site.url}/dashboard")
    expect(page.locator("h1")).to_have_text("Sign in")
