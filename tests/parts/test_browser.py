"""The tests' Chromium runs script, or truly does not."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.parts.browser import Complaints

DOCUMENT = """data:text/html,<p id=said>still</p><noscript><p id=instead>no script</p></noscript>
<script>document.getElementById('said').textContent = 'moved'</script>"""


def test_script_runs(page: Page) -> None:
    page.goto(DOCUMENT)

    assert page.inner_text("#said") == "moved"
    assert page.locator("#instead").count() == 0


def test_without_script_nothing_runs_and_noscript_is_shown(page_without_script: Page) -> None:
    page_without_script.goto(DOCUMENT)

    assert page_without_script.inner_text("#said") == "still"
    assert page_without_script.inner_text("#instead") == "no script"


@pytest.mark.parametrize(
    "document",
    [
        "data:text/html,<script>absent.call()</script>",
        "data:text/html,<meta http-equiv=Content-Security-Policy content=style-src%20%27none%27><p style=top:0>",
    ],
)
def test_errors_and_breaches_of_policy_are_heard(context: BrowserContext, document: str) -> None:
    complaints = Complaints()
    unwatched = context.browser.new_context()  # type: ignore[union-attr]
    unwatched.on("page", complaints.watch)

    unwatched.new_page().goto(document)
    unwatched.close()

    assert len(complaints.texts) == 1
