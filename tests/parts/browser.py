"""A real Chromium, with script and without."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, ViewportSize, expect

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1280, height=900)
# How long anything may take to be seen. It ends the wait of a test that fails; a busy machine needs it.
EXPECT_MILLISECONDS = 20_000
expect.set_options(timeout=EXPECT_MILLISECONDS)
BLOCK = 2  # Chromium's CONTENT_SETTING_BLOCK


def find_chromium() -> str:
    """Return the path of the system's Chromium; none is ever downloaded."""
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    raise AssertionError("Chromium is not installed; `make test-setup` says how to get it")


def launch(playwright: Playwright, *, keep_pages: bool = False) -> Browser:
    """Start Chromium; pages come from contexts, each like a new person's browser.

    :param keep_pages: keep left pages alive for "Back", as people's browsers do and Playwright's do not.
    """
    unwanted = ["--disable-back-forward-cache"] if keep_pages else None
    return playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS, ignore_default_args=unwanted)


@contextmanager
def open_without_script(playwright: Playwright, folder: Path) -> Iterator[BrowserContext]:
    """Start a Chromium whose user has turned JavaScript off in its settings.

    A profile and not Playwright's ``java_script_enabled``: emulation leaves the parser believing that there
    is script, and ``<noscript>`` stays hidden.
    """
    with open_profile(playwright, folder, script=False) as context:
        yield context


@contextmanager
def open_profile(
    playwright: Playwright, folder: Path, *, script: bool, **preferences: object
) -> Iterator[BrowserContext]:
    """Start a Chromium with a profile of its own.

    :param preferences: of the profile, as Chromium's file has them.
    """
    profile = {**preferences, "default_content_setting_values": {} if script else {"javascript": BLOCK}}
    (folder / "Default").mkdir(parents=True)
    (folder / "Default" / "Preferences").write_text(json.dumps({"profile": profile}))
    context = playwright.chromium.launch_persistent_context(
        folder, executable_path=find_chromium(), args=ARGUMENTS, viewport=DESKTOP
    )
    try:
        yield context
    finally:
        context.close()


class Complaints:
    """What Chromium complains about on watched pages: script errors and breaches of the content policy."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def watch(self, page: Page) -> None:
        """Listen to one page."""
        page.on("pageerror", lambda error: self.texts.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._hear(page, message))

    def _hear(self, page: Page, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.texts.append(f"{page.url}: {message.text}")
