"""Pages of another website in a real browser: the client of applause-button, our element, and a moving picture."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.parts.claps_server import ROOT, ClapsServer
from tests.parts.processes import eventually
from tests.parts.sites import register, serving

CLIENTS = ROOT / "build" / "clients"
APPLAUSE = """<!doctype html><html lang="en"><title>Bells</title><meta name="referrer" content="{policy}">
<link rel="stylesheet" href="/applause-button.css"><script src="/applause-button.js"></script>
<applause-button style="width:50px;height:50px" api="{site}" multiclap="true" {more}></applause-button>"""
# No policy of a page stands in the element's way that lets it load and connect.
ELEMENT = """<!doctype html><html lang="en"><title>Bells</title><link rel="canonical" href="/bells">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src {site}; connect-src {site} {socket};
img-src {site}"><script type="module" src="{site}/clap-button.js"></script>
<main><h1>Bells</h1><p><clap-button colour="#0a5" dark></clap-button></p>
<p><img src="{site}/badge.svg?url={url}&live=1" alt="Claps" height="24"></p></main>"""


@pytest.fixture(scope="module")
def blog(live_site: ClapsServer) -> Iterator[str]:
    """A website at another origin: its pages have applause-button with and without an address, and our element."""
    pages: dict[str, tuple[str, bytes]] = {
        f"/{name}": (kind, (CLIENTS / name).read_bytes())
        for name, kind in (("applause-button.js", "text/javascript"), ("applause-button.css", "text/css"))
    }
    with serving(pages) as origin:
        register(live_site, origin)
        url, site = f"{origin}/bells", live_site.url
        named = APPLAUSE.format(site=site, policy="strict-origin-when-cross-origin", more=f'url="{url}"')
        unnamed = APPLAUSE.format(site=site, policy="no-referrer-when-downgrade", more="")
        element = ELEMENT.format(site=site, socket=site.replace("http", "ws"), url=url)
        example = (ROOT / "examples" / "embed.html").read_text()
        example = example.replace("http://127.0.0.1:8000", site)
        example = example.replace(quote("http://localhost:8001", safe=""), quote(origin, safe=""))
        shown = {"/applause": named, "/chimes": unnamed, "/bells": element, "/moved": element, "/embed.html": example}
        pages.update({path: ("text/html", html.encode()) for path, html in shown.items()})
        yield origin


@pytest.fixture
def other_context(browser: Browser) -> Iterator[BrowserContext]:
    """Another reader's browser."""
    context = browser.new_context()
    yield context
    context.close()


def clap_applause(page: Page, times: int) -> None:
    """Press the button of applause-button; it gathers for two seconds what it sends."""
    with page.expect_response(lambda answer: "/update-claps" in answer.url and answer.request.method == "POST"):
        for _ in range(times):
            page.locator("applause-button button").click()


def test_the_published_client_shows_and_gives_claps_and_all_who_look_see_them_live(
    live_site: ClapsServer, blog: str, context: BrowserContext, other_context: BrowserContext
) -> None:
    page, watcher = context.new_page(), other_context.new_page()
    watcher.goto(f"{blog}/bells")
    button, picture = watcher.get_by_role("button"), watcher.get_by_role("img", name="Claps", exact=True)
    expect(button).to_have_text("0")
    before = picture.screenshot()

    page.goto(f"{blog}/applause")
    clap_applause(page, 3)

    expect(button).to_have_text("3")
    eventually(lambda: picture.screenshot() != before)
    page.reload()
    expect(page.locator("applause-button .clap-count")).to_have_text("3")
    assert not context.cookies() and not other_context.cookies()


def test_the_published_client_counts_for_the_page_it_is_on(live_site: ClapsServer, blog: str, page: Page) -> None:
    page.goto(f"{blog}/chimes")
    clap_applause(page, 1)

    counts = live_site.open_client().get(f"/api/v1/counts?url={blog}/chimes").json

    assert counts[0]["claps"] == 1


def test_the_element_claps_by_key_and_hold_and_says_so(
    blog: str, page: Page, other_context: BrowserContext
) -> None:
    watcher = other_context.new_page()
    # The same page at another address says by its canonical link which one it is.
    page.goto(f"{blog}/moved")
    watcher.goto(f"{blog}/bells")
    button, watched = page.get_by_role("button"), watcher.get_by_role("button")
    expect(button).not_to_have_text("")
    first = int(button.inner_text())

    button.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Thank you")
    button.hover()
    page.mouse.down()
    eventually(lambda: int(button.inner_text()) >= first + 3)
    page.mouse.up()

    eventually(lambda: watched.inner_text() == button.inner_text())
    expect(button).to_have_accessible_name(f"Clap {button.inner_text()}")
    assert Axe().run(page).response["violations"] == []


@pytest.mark.parametrize("way", ["stream", "poll"])
def test_the_element_is_told_where_no_socket_passes(
    live_site: ClapsServer, blog: str, page: Page, way: str
) -> None:
    page.route_web_socket("**/live?*", lambda socket: socket.close())
    if way == "poll":
        page.route("**/live?*", lambda route: route.abort())
    page.goto(f"{blog}/bells")
    button = page.get_by_role("button")
    expect(button).not_to_have_text("", timeout=15_000)
    if way == "stream":
        told = live_site.open_client().post_json("/api/v1/pages/claps", {"url": f"{blog}/bells"}).json

        expect(button).to_have_text(str(told["claps"]))


def test_the_example_that_people_copy_shows_one_count_everywhere(live_site: ClapsServer, blog: str, page: Page) -> None:
    url = f"{blog}/embed.html"
    told = live_site.open_client().post_json("/api/v1/pages/claps", {"url": url, "claps": 2}).json

    page.goto(url)

    expect(page.locator("clap-button").get_by_role("button")).to_have_text(str(told["claps"]))
    expect(page.frame_locator("iframe").first.get_by_text(str(told["claps"])).first).to_be_visible()
    for picture in page.get_by_role("img", name="Claps").all():
        eventually(lambda picture=picture: picture.evaluate("picture => picture.naturalWidth") > 50)
