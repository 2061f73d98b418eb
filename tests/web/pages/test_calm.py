"""Calm mode: a hidden number is nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from claps.plain.writing import new_key
from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Client
from tests.parts.processes import eventually
from tests.parts.websocket_client import WebSocketClient

# A number that stands nowhere by chance.
CLAPS = 37


class Writer:
    """Somebody new with one note that has claps, likes and nothing else."""

    def __init__(self, site: ClapsServer, name: str) -> None:
        self.client = site.open_client()
        self.name = name
        self.client.post("/join", {"name": name, "display_name": name.title(), "password": "a long password"})
        form = {"key": new_key(), "body": f"A note of {name}, with the word zymurgy."}
        answer = self.client.post("/write/note", form)
        found = re.search(r"/posts/(\d+)", answer.headers["location"])
        assert found
        self.post_id = int(found[1])

    def hide(self, calm: int) -> None:
        """Hide the numbers from readers, or show them."""
        answer = self.client.post(f"/dashboard/posts/{self.post_id}/calm", {"calm": calm})
        assert answer.status == 303


@pytest.fixture(scope="module")
def writer(live_site: ClapsServer) -> Iterator[Writer]:
    """One writer for all of these; each test leaves the numbers shown."""
    writer = Writer(live_site, "gus")
    live_site.open_client().post(f"/posts/{writer.post_id}/claps", {"claps": CLAPS})
    live_site.open_client().post(f"/posts/{writer.post_id}/like")
    yield writer


def test_a_hidden_number_is_on_no_page(writer: Writer, guest: Client) -> None:
    paths = [f"/posts/{writer.post_id}", "/", f"/@{writer.name}", "/search?q=zymurgy"]
    shown = f'<b id="claps-{writer.post_id}">{CLAPS}</b>'
    assert all(shown in guest.get(path).text for path in paths)

    writer.hide(1)

    for path in paths:
        page = guest.get(path).text
        assert f'<b id="claps-{writer.post_id}"></b>' in page, path
        others = rf'<b id="[a-z]+-(?!{writer.post_id}")[0-9]+">[^<]*</b>'
        rest = re.sub(rf"<time[^>]*>[^<]*</time>|v=\w+|/live\?[^\"]*|{others}", "", page)
        assert not re.search(rf"(?<![0-9]){CLAPS}(?![0-9])", rest), path
    assert guest.get(f"/posts/{writer.post_id}/likes").status == 403
    writer.hide(0)
    assert all(shown in guest.get(path).text for path in paths)


def test_programs_are_not_told_it_either(writer: Writer, guest: Client) -> None:
    writer.hide(1)
    topic = f"topic=post:{writer.post_id}"

    told = guest.get(f"/live?{topic}&wait=0", headers={"Accept": "application/json"})
    text = guest.get(f"/live?{topic}&wait=0", headers={"Accept": "text/plain"})
    frame = guest.get(f"/live/frame?{topic}")
    api = guest.get(f"/api/v1/posts/{writer.post_id}").json

    writer.hide(0)
    assert told.json == {"topic": f"post:{writer.post_id}", "version": "calm.0", "state": {"calm": True}}
    assert text.text == ""
    assert (api["claps"], api["likes"], api["version"]) == (None, None, "calm.0")
    assert "The writer keeps the numbers to themselves." in frame.text and str(CLAPS) not in frame.text


def test_one_claps_as_ever_and_is_thanked(writer: Writer, live_site: ClapsServer) -> None:
    writer.hide(1)
    reader, path = live_site.open_client(), f"/posts/{writer.post_id}/claps"

    told = reader.post_json(path, {"claps": 2}).json
    plain = reader.post(path, {"claps": 1})
    fragment = reader.post(path, {"claps": 1}, headers={"HX-Request": "true"})

    page = reader.get(plain.headers["location"])
    reader.post(path, {"undo": 1})
    writer.hide(0)
    assert told == {"calm": True, "yours": 2, "version": "calm.0"}
    assert re.search(r"\?c=0-\w+#claps$", plain.headers["location"])
    assert "Thank you: 4 from you" in fragment.text
    assert f'<hx-partial id="claps-{writer.post_id}"></hx-partial>' in fragment.text
    assert "Thank you: 4 from you" in page.text


def test_who_has_the_post_open_sees_the_number_go_and_come(writer: Writer, live_site: ClapsServer) -> None:
    topic, name = f"topic=post:{writer.post_id}", f'<hx-partial id="claps-{writer.post_id}">'
    with WebSocketClient(live_site.port, f"/live?{topic}") as page:
        page.receive_until(f"{name}{CLAPS}</hx-partial>")

        writer.hide(1)
        page.receive_until(f"{name}</hx-partial>")
        writer.hide(0)

        assert page.receive_until(f"{name}{CLAPS}</hx-partial>")


def test_the_writer_sees_it_still(writer: Writer) -> None:
    writer.hide(1)

    page = writer.client.get(f"/dashboard/posts/{writer.post_id}?c=new").text

    writer.hide(0)
    assert f'<div><dt>Claps</dt><dd><b id="claps-{writer.post_id}">{CLAPS}</b>' in page
    assert "Show numbers to readers" in page


def test_nobody_hides_the_numbers_of_anothers_post(writer: Writer, guest: Client) -> None:
    path = f"/dashboard/posts/{writer.post_id}/calm"

    assert guest.post(path, {"calm": 1}).status == 403
    assert guest.get(f"/posts/{writer.post_id}").text.count(f">{CLAPS}</b>") == 1


def test_who_puts_numbers_away_sees_none_and_others_do(live_site: ClapsServer, guest: Client) -> None:
    hal = Writer(live_site, "hal")
    guest.post(f"/posts/{hal.post_id}/claps", {"claps": CLAPS})

    hal.client.post("/settings/calm", {"calm": 1})

    for path in ("/dashboard", f"/dashboard/posts/{hal.post_id}"):
        page = hal.client.get(path).text
        assert "Calm mode is on" in page and f">{CLAPS}<" not in page
    assert hal.client.get("/dashboard/tables/times.csv").status == 403
    assert hal.client.get("/dashboard/posts").status == 303
    assert "/static/css/parts/calm.css" in hal.client.get(f"/posts/{hal.post_id}/hand").text
    assert f">{CLAPS}</b>" in guest.get(f"/posts/{hal.post_id}").text
    hal.client.post("/settings/calm")
    eventually(lambda: "Posts at this moment" in hal.client.get("/dashboard").text)


def test_without_script_or_styles_no_number_is_on_any_page_either(live_site: ClapsServer, guest: Client) -> None:
    ida = Writer(live_site, "ida")
    path = f"/posts/{ida.post_id}"
    guest.post(f"{path}/claps", {"claps": CLAPS})
    frame = f"/live/frame?topic=post:{ida.post_id}"
    paths = (path, f"{path}?c=1", "/", "/following", "/@ida", "/search?q=zymurgy", frame)
    shown = re.compile(rf">{CLAPS}<|\d reading now|Views <b>|Followers <b>|<iframe name=\"live\"")
    everybodys = guest.get("/noscript.css")

    ida.client.post("/settings/calm", {"calm": 1})

    def seen() -> list[str]:
        return [path for path in paths if shown.search(ida.client.get(path).text)]

    # Each worker hears of it by itself.
    eventually(lambda: not any(seen() for _ in range(4)))
    assert ida.client.get(path).headers["cache-control"] == "private, no-store"
    kept = guest.get(path)
    assert f">{CLAPS}</b>" in kept.text and kept.headers["cache-control"].startswith("public")
    own = ida.client.get("/noscript.css", headers={"If-None-Match": everybodys.headers["etag"]})
    assert (own.status, ".clap noscript" in own.text, ".clap noscript" in everybodys.text) == (200, True, False)
