"""Static files: kept for a year under an address that changes with them, and put together as they are served."""

from __future__ import annotations

import re

import pytest

from tests.parts.claps_server import ClapsServer


def test_pages_name_static_files_by_their_content_and_they_are_kept_for_a_year(live_site: ClapsServer) -> None:
    client = live_site.open_client()

    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/posts/8").text)

    assert len(addresses) == 3
    assert all(re.search(r"\?v=[0-9a-f]{10}$", address) for address in addresses)
    assert {client.get(address).headers["cache-control"] for address in addresses} == {
        "public, max-age=31536000, immutable"
    }


def test_an_address_without_the_mark_is_asked_again_and_answered_304(live_site: ClapsServer) -> None:
    client = live_site.open_client()

    first = client.get("/static/js/claps.js")
    again = client.get("/static/js/claps.js", headers={"If-None-Match": first.headers["etag"]})

    assert first.headers["cache-control"] == "public, max-age=86400"
    assert (again.status, again.body) == (304, b"")


def test_the_style_sheet_has_its_parts_in_order_and_no_comments(live_site: ClapsServer) -> None:
    css = live_site.open_client().get("/static/css/claps.css").text

    assert css.index(":root{") < css.index("body{") < css.index(".clap{")
    assert "/*" not in css
    assert "calc(var(--measure) + 2 * var(--gap))" in css


def test_the_script_is_htmx_then_its_socket_then_ours(live_site: ClapsServer) -> None:
    script = live_site.open_client().get("/static/js/claps.js").text

    assert script.startswith("var htmx=")
    assert script.index("htmx:ws:") < script.index("htmx:config:request', ") < script.index("[data-hold]")


@pytest.mark.parametrize("name", ["none.css", "../setup.cfg", "%2e%2e/setup.cfg", "%00"])
def test_what_is_not_a_static_file_is_not_found(live_site: ClapsServer, name: str) -> None:
    assert live_site.open_client().get(f"/static/{name}").status == 404


def test_a_browser_that_guesses_the_icon_gets_it(live_site: ClapsServer) -> None:
    answer = live_site.open_client().get("/favicon.ico")

    assert answer.status == 200
    assert answer.headers["content-type"].startswith("image/svg+xml")


def test_the_element_for_other_websites_is_under_4_kilobytes_and_loads_everywhere(live_site: ClapsServer) -> None:
    client = live_site.open_client()

    element = client.get("/clap-button.js")

    mark = element.headers["etag"].strip('W/"')
    kept, outdated = (client.get(f"/clap-button.js?v={v}").headers["cache-control"] for v in (mark, "old"))
    assert b"customElements.define('clap-button'" in element.body and len(element.body) < 4_096
    assert element.headers["access-control-allow-origin"] == "*"
    assert element.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "immutable" in kept and outdated.startswith("public, max-age=3600")
