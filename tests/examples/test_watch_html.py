"""The page of plain JavaScript, in a real browser: by every way, over a network that cuts it off."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.parts.claps_server import ROOT, ClapsServer
from tests.parts.tables import make_table, put
from tests.parts.tcp_proxy import TcpProxy, open_proxy


def open_page(page: Page, proxy: TcpProxy, topic: str, way: str) -> None:
    """Open the page at the site's own address, where the proxy in front of it serves it."""
    proxy.pages[b"/watch.html"] = (ROOT / "examples" / "watch.html").read_bytes()
    page.goto(f"{proxy.url}/watch.html?topic={topic}&by={way}")


@pytest.mark.parametrize("way", ["socket", "stream", "poll"])
def test_a_table_is_followed_over_a_cut(live_site: ClapsServer, page: Page, way: str) -> None:
    writer, name = make_table(live_site)
    put(writer, name, "gone", 0)
    with open_proxy(live_site.port) as proxy:
        open_page(page, proxy, f"table:{name}", way)
        expect(page.locator("pre")).to_have_text('{ "gone": 0 }')

        proxy.cut()
        put(writer, name, "stays", "ä")
        writer.ask("DELETE", f"/api/v1/tables/{name}/entries/gone")

        expect(page.locator("pre")).to_have_text('{ "stays": "ä" }', timeout=20_000)
        expect(page.get_by_role("status")).to_contain_text(".3")


def test_what_is_not_there_is_said(live_site: ClapsServer, page: Page) -> None:
    with open_proxy(live_site.port) as proxy:
        open_page(page, proxy, "table:nobody-has-made-it", "poll")

        expect(page.get_by_role("status")).to_have_text("The server answered 404.")
