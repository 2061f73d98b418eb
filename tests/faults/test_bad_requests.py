"""Claps, cookies, origins and addresses that are wrong: each is refused in the words of whoever asked."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from itsdangerous import URLSafeSerializer

from tests.faults.crowd import id_of
from tests.parts.claps_server import SECRET_KEY, ClapsServer
from tests.parts.http_client import Client
from tests.parts.websocket_client import JSON_PROTOCOL, Rejected, WebSocketClient

CLAPS = "/posts/4/claps"
JSON = {"Accept": "application/json"}
TEXT = {"Accept": "text/plain"}
ENDLESS = 10**30
BAD_COUNTS = [0, 51, -1, "abc", ENDLESS, "1e1", "5.0", "٣", "0x5"]


@pytest.fixture
def reader(live_site: ClapsServer) -> Client:
    """A new reader with no cookies."""
    return live_site.open_client()


def claps_of(reader: Client) -> int:
    """What the post has, as everybody sees it."""
    answer = reader.get("/live?topic=post:4&wait=0", headers=JSON)
    return int(answer.json["state"]["claps"])


@pytest.mark.parametrize("count", BAD_COUNTS)
def test_a_form_with_a_wrong_count_changes_nothing(reader: Client, count: object) -> None:
    before = claps_of(reader)

    answer = reader.post(CLAPS, {"claps": count})

    assert answer.status == 422
    assert "text/html" in answer.headers["content-type"]
    assert claps_of(reader) == before


@pytest.mark.parametrize("count", [*BAD_COUNTS, None, [], {}, 2.5])
def test_json_with_a_wrong_count_gets_problem_details(reader: Client, count: object) -> None:
    answer = reader.post_json(CLAPS, {"claps": count})

    assert (answer.status, answer.json["status"], answer.json["field"]) == (422, 422, "claps")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'"5"', b"null", b"[" * 100_000, b"\xff\xfe"])
def test_a_body_that_is_no_json_object_is_malformed(reader: Client, body: bytes) -> None:
    answer = reader.ask("POST", CLAPS, body=body, headers={"Content-Type": "application/json", **JSON})

    assert (answer.status, answer.json["field"]) == (400, "body")


def test_a_missing_count_is_one(reader: Client) -> None:
    assert reader.post_json(CLAPS, {}).json["yours"] == 1
    assert reader.post(CLAPS).status == 303
    assert reader.post_json(CLAPS, {"claps": 1}).json["yours"] == 3


def test_a_body_that_is_too_large_is_not_read(reader: Client) -> None:
    assert reader.post(CLAPS, {"claps": 1, "more": "a" * 300_000}, headers=JSON).status == 413


@pytest.mark.parametrize("path", ["/posts/999999/claps", "/posts/0/claps", f"/posts/{ENDLESS}/claps", "/posts/x/claps"])
def test_an_unknown_post_is_not_found(reader: Client, path: str) -> None:
    assert reader.post_json(path, {"claps": 1}).status == 404


@pytest.mark.parametrize("count", [0, 51, -1, "abc", ENDLESS, None, True, 2.5, [1]])
def test_a_message_with_a_wrong_count_is_refused(live_site: ClapsServer, count: object) -> None:
    with WebSocketClient(live_site.port, "/live?topic=post:4", protocol=JSON_PROTOCOL) as program:
        program.send_json({"clap": count, "topic": "post:4", "id": "x1"})

        answer = json.loads(program.receive_until('"refused"'))

    assert (answer["refused"], answer["status"]) == ("x1", 422)


@pytest.mark.parametrize("text", ["", "null", "[]", "[" * 10_000, '{"clap": 1}', '{"clap": 1, "topic": 4}'])
def test_a_message_that_makes_no_sense_is_refused(live_site: ClapsServer, text: str) -> None:
    with WebSocketClient(live_site.port, "/live?topic=post:4", protocol=JSON_PROTOCOL) as program:
        program.send_text(text)

        assert json.loads(program.receive_until('"refused"'))["status"] == 422


@pytest.mark.parametrize(("topic", "status"), [("post:999999", 404), ("post:0", 404), ("table:x", 422), ("", 404)])
def test_a_clap_for_another_topic_is_refused(live_site: ClapsServer, topic: str, status: int) -> None:
    with WebSocketClient(live_site.port, "/live?topic=post:4", protocol=JSON_PROTOCOL) as program:
        program.send_json({"clap": 1, "topic": topic, "id": "x1"})

        assert json.loads(program.receive_until('"refused"'))["status"] == status


def sign(value: object, *, key: str = SECRET_KEY) -> str:
    """Sign a reader's cookie."""
    return str(URLSafeSerializer(key, salt="reader").dumps(value))


@pytest.mark.parametrize(
    "cookie",
    [
        "", "x", "." * 50, "a" * 5_000, sign(2**62 + 5)[:-3], sign(2**62 + 5, key="another key"), sign("Ada"), sign(1),
        sign([2**62]), "٣", '"',
    ],
)  # fmt: skip
def test_a_cookie_that_is_not_ours_makes_a_new_guest(live_site: ClapsServer, cookie: str) -> None:
    reader = live_site.open_client()

    answer = reader.post_json(CLAPS, {"claps": 2}, headers={"Cookie": f"reader={cookie}".encode().decode("latin-1")})

    assert (answer.status, answer.json["yours"]) == (200, 2)
    assert id_of(reader) >= 2**62


def test_a_forged_session_is_nobody(live_site: ClapsServer) -> None:
    answer = live_site.open_client().get("/dashboard", headers={"Cookie": "session=eyJwZXJzb25faWQiOjF9.aaaa.bbbb"})

    assert (answer.status, answer.headers["location"]) == (303, "/login?next=/dashboard")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "HERE"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "HERE.evil.example"},
        {"Origin": ""},
    ],
)
def test_a_form_from_another_site_is_refused(live_site: ClapsServer, headers: dict[str, str]) -> None:
    sent = {name: value.replace("HERE", live_site.url) for name, value in headers.items()}

    answer = live_site.open_client().post(CLAPS, {"claps": 1}, headers=sent)

    assert answer.status == 403
    assert not answer.cookies


@pytest.mark.parametrize("headers", [{}, {"Origin": "HERE"}, {"Sec-Fetch-Site": "same-origin"}])
def test_a_form_of_ours_passes(live_site: ClapsServer, headers: dict[str, str]) -> None:
    sent = {name: value.replace("HERE", live_site.url) for name, value in headers.items()}

    assert live_site.open_client().post(CLAPS, {"claps": 1}, headers=sent).status == 303


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "HERE.evil.example", "https://127.0.0.1"])
def test_a_websocket_from_another_site_is_refused(live_site: ClapsServer, origin: str) -> None:
    headers = {"Origin": origin.replace("HERE", live_site.url)}

    with pytest.raises(Rejected) as rejected:
        WebSocketClient(live_site.port, "/live?topic=post:4", headers=headers)

    assert rejected.value.status == 403


def test_a_websocket_of_ours_passes(live_site: ClapsServer) -> None:
    with WebSocketClient(live_site.port, "/live?topic=post:4", headers={"Origin": live_site.url}) as page:
        assert page.receive_until('id="claps-4"')


BAD_ASKS = [
    ("topic=post:4&since=abc", 400, "since"),
    ("topic=post:4&since=t3.x", 400, "since"),
    ("topic=post:4&since=T3.1", 400, "since"),
    (f"topic=post:4&since=a.{ENDLESS}", 400, "since"),
    ("topic=post:4&since=a.1&since=a.2", 400, "since"),
    ("topic=post:4&since=a.1,a.2", 400, "since"),
    ("topic=post:4&wait=soon", 400, "wait"),
    ("topic=post:4&wait=-1", 400, "wait"),
    ("topic=post:4&wait=1.5", 400, "wait"),
    (f"topic=post:4&wait={ENDLESS}", 400, "wait"),
    ("", 400, "topic"),
    ("topic=" + "&topic=".join(f"post:{number}" for number in range(1, 60)), 400, "topic"),
]


@pytest.mark.parametrize(("query", "status", "field"), BAD_ASKS)
def test_an_ask_that_is_malformed_gets_problem_details(reader: Client, query: str, status: int, field: str) -> None:
    answer = reader.get(f"/live?{query}", headers=JSON)

    assert (answer.status, answer.json["status"], answer.json["field"]) == (status, status, field)
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_malformed_ask_is_answered_in_text_where_text_was_asked_for(reader: Client) -> None:
    answer = reader.get("/live?topic=post:4&since=abc", headers=TEXT)

    assert (answer.status, answer.headers["content-type"]) == (400, "text/plain; charset=utf-8")
    assert "since" in answer.text


def test_a_malformed_since_refuses_a_websocket_as_well(live_site: ClapsServer) -> None:
    with pytest.raises(Rejected) as rejected:
        WebSocketClient(live_site.port, "/live?topic=post:4&since=abc", protocol=JSON_PROTOCOL)

    assert rejected.value.status == 400


@pytest.mark.parametrize("topic", ["post:999999", "post:0", "post:x", "pots:4", "table:x", "post:4:likes", "\0", "👏"])
def test_an_unknown_topic_is_not_found(reader: Client, topic: str) -> None:
    assert reader.get(f"/live?topic={quote(topic)}", headers=JSON).status == 404


@pytest.mark.parametrize("topic", ["person:1", "writer:1", "person:999999"])
def test_what_is_private_is_refused_to_others(live_site: ClapsServer, topic: str) -> None:
    guest = live_site.open_client()
    guest.post(CLAPS)

    assert guest.get(f"/live?topic={topic}", headers=JSON).status == 403
    with pytest.raises(Rejected) as rejected:
        WebSocketClient(live_site.port, f"/live?topic={topic}", headers={"Cookie": guest.cookie_header})
    assert rejected.value.status == 403


def test_what_is_private_is_told_to_its_owner(live_site: ClapsServer) -> None:
    ada = live_site.open_client()
    ada.post("/login", {"name": "ada", "password": "applause"})

    topic = ada.get("/dashboard").text.partition("/live?topic=writer:")[2].partition("&")[0]

    assert ada.get(f"/live?topic=writer:{topic}&wait=0", headers=JSON).json["state"]["posts"]
    assert ada.get(f"/live?topic=person:{topic}&wait=0", headers=JSON).status == 200
    with WebSocketClient(
        live_site.port, f"/live?topic=writer:{topic}", protocol=JSON_PROTOCOL, headers={"Cookie": ada.cookie_header}
    ) as desk:
        assert desk.receive_json()["state"]["posts"]
