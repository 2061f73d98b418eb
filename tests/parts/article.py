"""An article's page as a reader sees it."""

from __future__ import annotations

from playwright.sync_api import CDPSession, Frame, Page, Request, expect

DEMO_PASSWORD = "applause"
OWN_PASSWORD = "a few words in a row"


class Article:
    """One article open in one page, with script or without.

    :ivar requests: what the page asked for since it was opened: method and path.
    """

    def __init__(self, page: Page, site_url: str, post_id: int) -> None:
        self.page = page
        self.post_id = post_id
        self.requests: list[tuple[str, str]] = []
        self._site_url = site_url
        page.on("request", self._note)

    def open(self) -> Article:
        """Go there and wait until what this reader gave is shown, which is the last thing to come."""
        self.page.goto(f"{self._site_url}/posts/{self.post_id}")
        expect(self.page.locator(f"#yours-{self.post_id} span")).to_be_attached()
        return self

    def open_without_script(self) -> Article:
        """Go there and wait until the counts stream into their frame."""
        with self.page.expect_request(lambda request: "since=" in request.url):
            self.page.goto(f"{self._site_url}/posts/{self.post_id}")
        return self

    @property
    def claps(self) -> int:
        """The count that is shown."""
        return int(self.page.inner_text(f"#claps-{self.post_id}").replace(",", ""))

    @property
    def posts_sent(self) -> int:
        """How many forms went out."""
        return sum(method == "POST" for method, _ in self.requests)

    @property
    def counts_frame(self) -> Frame:
        """The frame that shows the counts without script."""
        return self._frame("live")

    @property
    def said_frame(self) -> Frame:
        """The frame that says what became of a clap without script."""
        return self._frame("sink")

    @property
    def steps_back(self) -> int:
        """How many entries the browser's history has."""
        session: CDPSession = self.page.context.new_cdp_session(self.page)
        return len(session.send("Page.getNavigationHistory")["entries"])

    def expect_claps(self, count: int, *, seconds: float = 20) -> None:
        """Wait until a count is shown."""
        expect(self.page.locator(f"#claps-{self.post_id}")).to_have_text(f"{count:,}", timeout=seconds * 1000)

    def expect_yours(self, text: str) -> None:
        """Wait until it is shown what this reader gave."""
        expect(self.page.locator(f"#yours-{self.post_id}")).to_have_text(text)

    def expect_said(self, text: str) -> None:
        """Wait for a sentence to the reader."""
        expect(self.page.locator("#say")).to_have_text(text)

    def clap(self, times: int = 1) -> None:
        """Press the button and let go, as fast as it takes."""
        for _ in range(times):
            self.page.click("#clap")

    def take_back(self) -> None:
        """Press "Take back"."""
        self.page.get_by_role("button", name="Take back").click()

    def _frame(self, name: str) -> Frame:
        frame = self.page.frame(name)
        assert frame is not None, f"there is no frame {name}"
        return frame

    def _note(self, request: Request) -> None:
        self.requests.append((request.method, request.url.removeprefix(self._site_url)))


def sign_in(page: Page, site_url: str, name: str) -> None:
    """Sign somebody of the demo in, and end on the dashboard."""
    page.goto(f"{site_url}/login")
    page.fill("#name", name)
    page.fill("#password", DEMO_PASSWORD)
    page.click("main button")
    expect(page.locator("h1")).to_have_text("Dashboard")
    page.wait_for_load_state()  # the heading may be there before its styles are
