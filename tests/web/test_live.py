"""One address for every wire that is not a WebSocket: long-polls, event streams, and the frame without script."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import Any

import pytest

from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Answer, Client, Stream
from tests.parts.processes import eventually

LIVE = "/live?topic=post:5"
BOTH = "/live?topic=post:5&topic=post:6"
FRAME = "/live/frame?topic=post:5"
JSON = {"Accept": "application/json"}
TEXT = {"Accept": "text/plain"}
HTMX = {"HX-Request": "true", "Accept": "text/html"}
EVENTS = {"Accept": "text/event-stream"}
FRAMED = {"Sec-Fetch-Dest": "iframe", "Accept": "text/html"}
WAIT_SECONDS = 1
TURNS = 8


@pytest.fixture
def reader(live_site: ClapsServer) -> Client:
    """A new reader with no cookies."""
    return live_site.open_client()


def clap(reader: Client) -> int:
    """Clap once; return the post's claps."""
    return int(reader.post_json("/posts/5/claps", {"claps": 1}).json["claps"])


def poll_until_nothing_is_new(reader: Client, ask: Callable[[str], Answer]) -> Answer:
    """Poll on; who polls is counted as reading, and is told that, too, before there is nothing new.

    :param ask: polls for what comes after a version.
    """
    version = reader.get(f"{LIVE}&wait=0", headers=JSON).headers["etag"].strip('"')
    for _ in range(TURNS):
        answer = ask(version)
        if answer.status == 304:
            return answer
        version = answer.headers["etag"].strip('"')
    raise AssertionError(f"still something new: {answer.text}")


def poll_until(reader: Client, claps: int, url: str, headers: Mapping[str, str]) -> Answer:
    """Poll on until a count is told, and return the answer that told it."""
    for _ in range(TURNS):
        answer = reader.get(url, headers=headers)
        if re.search(rf"\b{claps}\b", answer.text.replace(",", "")):
            return answer
        url = f"{LIVE}&since={answer.headers['etag']}" if "etag" in answer.headers else find_address(answer.text)
        url = url.replace('"', "")
    raise AssertionError(f"not told that there are {claps}: {answer.text}")


def find_address(page: str) -> str:
    """Return the address at which a fragment, a frame or a page asks again."""
    found = re.search(r'(?:hx-get="|url=)([^"]*)"', page)
    assert found, page
    return unescape(found[1])


def test_who_has_seen_nothing_is_told_the_state_at_once(reader: Client) -> None:
    answer = reader.get(LIVE, headers=JSON)

    assert answer.status == 200
    assert answer.json["topic"] == "post:5"
    assert set(answer.json["state"]) == {"claps", "people", "likes", "views", "comments", "readers"}
    assert answer.headers["etag"] == f'"{answer.json["version"]}"'
    assert (answer.headers["cache-control"], answer.cookies) == ("no-store", ())


def test_a_poll_that_waited_in_vain_says_that_nothing_is_new(reader: Client) -> None:
    began = time.monotonic()

    answer = poll_until_nothing_is_new(
        reader, lambda version: reader.get(f"{LIVE}&since={version}&wait={WAIT_SECONDS}", headers=JSON)
    )

    assert answer.body == b""
    assert re.fullmatch(r'"[0-9a-z]+\.\d+"', answer.headers["etag"])
    assert time.monotonic() - began >= WAIT_SECONDS


def test_an_entity_tag_and_a_preference_say_the_same_as_the_address(reader: Client) -> None:
    prefer = {**JSON, "Prefer": f"respond-async, wait={WAIT_SECONDS}"}

    answer = poll_until_nothing_is_new(
        reader, lambda version: reader.get(LIVE, headers={**prefer, "If-None-Match": f'W/"{version}"'})
    )

    assert answer.status == 304


@pytest.mark.parametrize("headers", [JSON, TEXT, HTMX], ids=["json", "text", "html"])
def test_who_polls_on_sees_the_next_clap(live_site: ClapsServer, headers: dict[str, str]) -> None:
    reader, other = live_site.open_client(), live_site.open_client()
    first = reader.get(LIVE, headers=headers)
    claps = clap(other) + 1

    with ThreadPoolExecutor(1) as threads:
        told = threads.submit(poll_until, reader, claps, LIVE, headers)
        clap(other)

    assert first.status == told.result().status == 200


@pytest.mark.parametrize("since", ["someotherepoch.3", "0.0", "zzzzzz.99999999"])
def test_a_version_of_another_epoch_is_answered_with_the_whole_state(reader: Client, since: str) -> None:
    answer = reader.get(f"{LIVE}&since={since}", headers=JSON)

    assert len(answer.json["state"]) == 6


def test_comments_are_told_one_by_one_to_who_follows(live_site: ClapsServer) -> None:
    ben = live_site.open_client()
    ben.post("/login", {"name": "ben", "password": "applause"})
    url = "/live?topic=post:5:comments"
    begin = ben.get(url, headers=JSON)
    version, told = begin.json["version"], []

    for body in ("First of two.", "Second of two."):
        assert ben.post("/posts/5/comments", {"body": body}).status == 303
    while len(told) < 2:
        # One object where there is one event, a list of them where there are more.
        answer = ben.get(f"{url}&since={version}", headers=JSON).json
        told += answer if isinstance(answer, list) else [answer]
        version = told[-1]["version"]

    assert begin.json["resync"] is True
    assert [message["event"]["html"] for message in told] == ["<p>First of two.</p>\n", "<p>Second of two.</p>\n"]
    assert ben.get(f"{url}&since={told[0]['version']}", headers=JSON).json == told[1]


def test_several_topics_are_answered_as_a_list(reader: Client) -> None:
    reader.get(BOTH, headers=JSON)

    # A worker that has to read one of them first answers with the other one meanwhile.
    answer = eventually(lambda: len((answer := reader.get(BOTH, headers=JSON)).json) == 2 and answer)

    assert answer
    assert [news["topic"] for news in answer.json] == ["post:5", "post:6"]
    assert answer.headers["etag"] == '"{}"'.format(",".join(news["version"] for news in answer.json))


def test_of_several_topics_only_what_was_not_seen_is_told(reader: Client) -> None:
    first = reader.get(BOTH, headers=JSON).json[0]["version"]

    answer = reader.get(f"{BOTH}&since={first}&since=", headers=JSON)

    assert [news["topic"] for news in answer.json] == ["post:6"]


def test_text_is_the_claps_and_a_newline(reader: Client) -> None:
    claps = clap(reader)

    # Another worker than the one that counted may answer, some milliseconds before it has heard.
    answer = poll_until(reader, claps, LIVE, TEXT)

    assert (answer.body, answer.headers["content-type"]) == (b"%d\n" % claps, "text/plain; charset=utf-8")


def test_html_always_asks_again(reader: Client) -> None:
    url = f"{LIVE}&wait={WAIT_SECONDS}"
    for _ in range(3):
        answer = reader.get(url, headers=HTMX)

        assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        url = f"{find_address(answer.text)}&wait={WAIT_SECONDS}"
        assert re.search(r"topic=post:5&since=[0-9a-z]+\.\d+", url)
        assert re.search(r"every [2-5]\d{3}ms", answer.text)


def read_news(stream: Stream) -> tuple[str, Any]:
    """Return the next event's id and data."""
    while True:
        event = stream.read_event()
        if "data" in event:
            return event["id"], event["data"]


def test_a_list_of_one_post_goes_on_asking_as_a_list(reader: Client) -> None:
    url = f"{LIVE}&listed=1"
    for _ in range(2):
        url = find_address(reader.get(f"{url}&wait=0", headers=HTMX).text)

        assert re.fullmatch(r"/live\?topic=post:5&since=[0-9a-z]+\.\d+&listed=1", url)


def test_an_event_stream_tells_state_after_state(reader: Client) -> None:
    with reader.open_stream(LIVE, headers=EVENTS) as stream:
        head = stream.read_until("id: ")
        claps = clap(reader)

        assert (stream.status, stream.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        assert re.fullmatch(r"retry: \d{4}\n\nid: ", head)
        assert f'"claps":{claps},' in stream.read_until(f'"claps":{claps},')


def test_an_event_stream_resumes_after_the_last_event(reader: Client) -> None:
    with reader.open_stream(LIVE, headers=EVENTS) as stream:
        version, _ = read_news(stream)
        claps = clap(reader)

    # A browser asks again with the address that it had, and the id that it has seen last.
    resumed = {**EVENTS, "Last-Event-ID": version}
    with reader.open_stream(f"{LIVE}&since=someotherepoch.3", headers=resumed) as stream:
        assert f'"claps":{claps},' in stream.read_until(f'"claps":{claps},')


def test_an_event_stream_does_not_repeat_what_was_seen(reader: Client) -> None:
    with reader.open_stream(LIVE, headers=EVENTS) as stream:
        version, _ = read_news(stream)

    with reader.open_stream(LIVE, headers={**EVENTS, "Last-Event-ID": version}) as stream:
        clap(reader)

        assert read_news(stream)[0] != version


def test_a_frame_is_first_a_whole_document_and_then_a_stream(reader: Client) -> None:
    document = reader.get(FRAME, headers=FRAMED)
    assert (document.status, document.cookies) == (200, ())
    assert document.text.rstrip().endswith("</html>")

    with reader.open_stream(find_address(document.text), headers=FRAMED) as stream:
        first = stream.read_until("</p>")
        claps = clap(reader)

        assert first.startswith("<!doctype html>")
        assert f"<b>{claps:,}</b>" in stream.read_until(f"<b>{claps:,}</b>")


def test_without_frames_a_page_is_held_until_the_next_change(live_site: ClapsServer) -> None:
    reader, other = live_site.open_client(), live_site.open_client()
    page = reader.get(FRAME)
    claps = clap(other)

    held = poll_until(reader, claps, find_address(page.text), {})

    assert "Wait for the next change" in page.text
    assert f"<b>{claps:,}</b>" in held.text
    assert held.text.rstrip().endswith("</html>")
