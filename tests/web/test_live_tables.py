"""Tables over every wire: the snapshot, its end, what follows, and who is not let in."""

from __future__ import annotations

import json
import re
import time
from contextlib import ExitStack
from html import unescape
from typing import Any

import pytest

from examples.watch import View
from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Answer, Client
from tests.parts.processes import eventually
from tests.parts.tables import make_table, put
from tests.parts.websocket_client import JSON_PROTOCOL, Closed, Rejected, WebSocketClient
from tests.web.conftest import SignIn

JSON, TEXT = {"Accept": "application/json"}, {"Accept": "text/plain"}
HTMX = {"HX-Request": "true", "Accept": "text/html"}
EVENTS = {"Accept": "text/event-stream"}
FRAMED = {"Sec-Fetch-Dest": "iframe", "Accept": "text/html"}
Writer = tuple[Client, str]


@pytest.fixture
def table(live_site: ClapsServer) -> Writer:
    """A table with two keys, and one who may write."""
    client, name = make_table(live_site)
    put(client, name, "btc", 1)
    put(client, name, "ä/ö", {"deep": [True, None]})
    return client, name


def fill(writer: Client, name: str) -> None:
    """Put a hundred keys into a table at once."""
    operations = [{"op": "put", "key": f"key {number:02}", "value": number} for number in range(100)]
    assert writer.post_json(f"/api/v1/tables/{name}/batch", {"operations": operations}).status == 200


def live(name: str, more: str = "") -> str:
    """The address that watches a table."""
    return f"/live?topic=table:{name}{more}"


def poll_all(client: Client, name: str, since: str = "") -> tuple[View, Answer]:
    """Poll until nothing is new; return what was seen, and the last answer that had something."""
    view, last = View(), None
    while (answer := client.get(live(name, f"&wait=0&since={since}"), headers=JSON)).status == 200:
        for message in answer.json if isinstance(answer.json, list) else [answer.json]:
            view.take(message)
        last, since = answer, answer.headers["etag"].strip('"')
    assert answer.status == 304 and last is not None
    return view, last


def test_a_socket_is_told_the_snapshot_and_then_each_change(live_site: ClapsServer, table: Writer) -> None:
    writer, name = table
    with WebSocketClient(live_site.port, live(name), protocol=JSON_PROTOCOL) as program:
        page, end = program.receive_json(), program.receive_json()
        put(writer, name, "eth", 2)
        writer.ask("DELETE", f"/api/v1/tables/{name}/entries/btc")
        changes = [program.receive_json()["event"] for _ in range(2)]

    assert [(entry["key"], entry["value"]) for entry in page["state"]["entries"]] == [
        ("btc", 1), ("ä/ö", {"deep": [True, None]}),
    ]
    assert end == {"topic": f"table:{name}", "version": end["version"], "snapshot": "end"}
    assert [(event["op"], event["key"]) for event in changes] == [("put", "eth"), ("delete", "btc")]


def test_who_comes_back_is_told_what_was_missed_and_nothing_twice(live_site: ClapsServer, table: Writer) -> None:
    writer, name = table
    _, answer = poll_all(writer, name)
    since = answer.headers["etag"].strip('"')
    put(writer, name, "eth", 2)

    with WebSocketClient(live_site.port, live(name, f"&since={since}"), protocol=JSON_PROTOCOL) as program:
        message = program.receive_json()
        put(writer, name, "eth", 3)
        later = program.receive_json()

    assert (message["event"]["value"], later["event"]["value"]) == (2, 3)


def test_an_event_stream_is_resumed_within_a_snapshot(live_site: ClapsServer) -> None:
    writer, name = make_table(live_site)
    fill(writer, name)
    with writer.open_stream(live(name), headers=EVENTS) as stream:
        while "data" not in (first := stream.read_event()):
            pass
    view = View()
    view.take(json.loads(first["data"]))

    with writer.open_stream(live(name), headers={**EVENTS, "Last-Event-ID": first["id"]}) as stream:
        while not view.is_whole:
            event = stream.read_event()
            if "data" in event:
                view.take(json.loads(event["data"]))

    assert "~" in first["id"] and view.state == {f"key {number:02}": number for number in range(100)}


def test_a_long_poll_is_told_in_parts_that_it_asks_for(live_site: ClapsServer) -> None:
    writer, name = make_table(live_site)
    fill(writer, name)

    first = writer.get(live(name, "&wait=0"), headers=JSON)
    view, _ = poll_all(writer, name)

    assert "~" in first.headers["etag"] and len(first.json["state"]["entries"]) < 100
    assert view.is_whole and len(view.state) == 100


def test_a_small_client_gets_lines_of_text(table: Writer) -> None:
    writer, name = table

    answer = writer.get(live(name), headers=TEXT)
    since = answer.headers["etag"].strip('"')
    put(writer, name, "a b", "x\ny")
    change = writer.get(live(name, f"&since={since}"), headers=TEXT)

    assert answer.text == 'put "btc" 1\nput "ä/ö" {"deep":[true,null]}\n'
    assert change.text == 'put "a b" "x\\ny"\n'


def test_pages_are_told_rows_by_socket_and_by_poll(live_site: ClapsServer, table: Writer) -> None:
    writer, name = table
    since = poll_all(writer, name)[1].headers["etag"].strip('"')
    with WebSocketClient(live_site.port, live(name, f"&since={since}")) as page:
        page.receive_text()
        put(writer, name, "<eth>", "<b>")
        told = page.receive_text()
    polled = writer.get(live(name, f"&since={since}"), headers=HTMX)

    row = '<th scope="row">&lt;eth&gt;</th>\n<td class="value">&lt;b&gt;</td>'
    assert row in told and row in polled.text
    assert f"since={since.partition('.')[0]}.3" in unescape(polled.text)


def test_the_frame_shows_the_table_and_then_the_table_again(live_site: ClapsServer, table: Writer) -> None:
    writer, name = table
    first = writer.get(f"/live/frame?topic=table:{name}", headers=FRAMED)
    url = unescape(re.findall(r"url=([^\"]+)", first.text)[0])
    with writer.open_stream(url, headers=FRAMED) as frame:
        frame.read_until("</p>")
        put(writer, name, "btc", 2)
        told = frame.read_until("</p>")

    assert "<b>btc</b> <span>1</span>" in first.text
    assert "<b>btc</b> <span>2</span>" in told


def test_a_text_browser_waits_for_the_next_change_on_a_page(live_site: ClapsServer, table: Writer) -> None:
    writer, name = table
    first = writer.get(f"/live/frame?topic=table:{name}")
    url = unescape(re.findall(r'<a href="([^"]+)" target="_self">', first.text)[0])

    put(writer, name, "btc", 2)
    then = writer.get(url)

    assert "<b>btc</b> <span>1</span>" in first.text and "Wait for the next change" in first.text
    assert "<b>btc</b> <span>2</span>" in then.text


def test_who_does_not_read_is_closed_and_misses_nothing_by_coming_back(
    live_site: ClapsServer, table: Writer
) -> None:
    writer, name = table
    since = poll_all(writer, name)[1].headers["etag"].strip('"')
    seen = []
    with WebSocketClient(
        live_site.port, live(name, f"&since={since}"), protocol=JSON_PROTOCOL, receive_bytes=4_096
    ) as slow:
        for number in range(24):
            put(writer, name, "large", f"{number} {'x' * 50_000}")
        with pytest.raises(Closed) as closed:
            while True:
                seen.append(slow.receive_json())

    with WebSocketClient(live_site.port, live(name, f"&since={seen[-1]['version']}"), protocol=JSON_PROTOCOL) as again:
        while len(seen) < 24:
            seen.append(again.receive_json())

    assert closed.value.code in (1013, 1006)
    assert [int(message["event"]["value"].split()[0]) for message in seen] == list(range(24))


def test_what_was_compacted_away_is_told_anew(live_site: ClapsServer, table: Writer) -> None:
    writer, name = table
    since = poll_all(writer, name)[1].headers["etag"].strip('"')
    operations = [{"op": "put", "key": "btc", "value": "z" * 8_000} for _ in range(100)]
    for _ in range(7):  # more than a log keeps
        assert writer.post_json(f"/api/v1/tables/{name}/batch", {"operations": operations}).status == 200
    put(writer, name, "last", 1)

    def is_compacted() -> Any:
        answer = writer.get(live(name, f"&wait=0&since={since}"), headers=JSON)
        first = answer.json[0] if isinstance(answer.json, list) else answer.json
        return "resync" in first

    eventually(is_compacted, seconds=20)
    view, _ = poll_all(writer, name, since)
    assert view.is_whole and set(view.state) == {"btc", "ä/ö", "last"}


def test_one_connection_watches_one_table(live_site: ClapsServer, table: Writer, guest: Client) -> None:
    both = guest.get(live(table[1], "&topic=table:another"), headers=JSON)
    post_too = guest.get(live(table[1], "&topic=post:5&wait=0"), headers=JSON)

    assert (both.status, both.json["detail"]) == (400, "One connection watches one table at a time.")
    assert {message["topic"] for message in post_too.json} == {f"table:{table[1]}", "post:5"}


@pytest.mark.parametrize("since", ["~", "e.1~~", "e.1~" + "A" * 2_000, "e~A", "1"])
def test_what_no_server_gave_is_refused(table: Writer, guest: Client, since: str) -> None:
    assert guest.get(live(table[1], f"&since={since}"), headers=JSON).status == 400


def test_the_hundred_and_first_is_told_why_not(live_site: ClapsServer, table: Writer) -> None:
    client, name = table
    with ExitStack() as stack:
        sockets = [
            stack.enter_context(WebSocketClient(live_site.port, live(name), protocol=JSON_PROTOCOL))
            for _ in range(100)
        ]

        refused = client.get(live(name), headers=JSON)
        with WebSocketClient(live_site.port, live(name), protocol=JSON_PROTOCOL) as program:
            closed = program.wait_for_close()

        assert (refused.status, refused.json["limit"]) == (409, 100)
        assert refused.headers["content-type"] == "application/problem+json"
        assert (closed.code, closed.reason) == (4409, "100 watch this table already, and no more can.")
        eventually(lambda: "100 watching" in client.get(f"/tables/{name}").text)
        sockets[7].close()
        eventually(lambda: client.get(live(name, "&wait=0"), headers=JSON).status == 200)


def test_only_members_are_let_in_and_who_is_taken_out_is_told_nothing_more(
    live_site: ClapsServer, sign_in: SignIn, guest: Client
) -> None:
    ada, ben = sign_in("ada"), sign_in("ben")
    name = f"closed-{time.time_ns()}"
    ada.post_json("/api/v1/tables", {"name": name, "visibility": "members"})
    ada.post(f"/tables/{name}/members", {"person": "ben", "role": "reader"})
    cookies = [{"Cookie": person.cookie_header} for person in (ada, ben)]

    with ExitStack() as stack:
        owner, reader, page = (
            stack.enter_context(WebSocketClient(live_site.port, live(name), protocol=protocol, headers=headers))
            for protocol, headers in zip((JSON_PROTOCOL, JSON_PROTOCOL, None), (*cookies, cookies[1]), strict=True)
        )
        stream = stack.enter_context(ben.open_stream(live(name), headers=EVENTS))
        reader.receive_json()
        ada.post(f"/tables/{name}/members/remove", {"person": "ben"})

        assert [one.wait_for_close().code for one in (reader, page)] == [4403, 4403]
        with pytest.raises(AssertionError, match="ended without"):
            stream.read_until("secret")
        put(ada, name, "key", "secret")
        owner.receive_until("secret")
    for person, status in ((guest, 403), (ben, 403), (ada, 200)):
        assert person.get(live(name, "&wait=0"), headers=JSON).status == status
    with pytest.raises(Rejected):
        WebSocketClient(live_site.port, live(name))


def test_who_watches_a_table_that_is_deleted_is_shown_out(live_site: ClapsServer, sign_in: SignIn) -> None:
    ada = sign_in("ada")
    name = f"short-{time.time_ns()}"
    ada.post_json("/api/v1/tables", {"name": name})
    with WebSocketClient(live_site.port, live(name), protocol=JSON_PROTOCOL) as program:
        program.receive_json()

        ada.post(f"/tables/{name}/drop")

        assert program.wait_for_close().code == 4403
