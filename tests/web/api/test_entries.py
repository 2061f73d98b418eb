"""Entries of realtime tables over HTTP: conditions, times to live, numbers, batches, and whatever is wrong."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from claps.app import Core
from tests.parts.realtime import Room

pytestmark = pytest.mark.parametrize("shared_core", ["sqlite"], indirect=True, scope="module")
PROBLEM = "application/problem+json"


@pytest.fixture
def core(shared_core: Core) -> Core:
    """One database for all of these tests."""
    return shared_core


@pytest.fixture
def room(core: Core) -> Room:
    """Somebody with tables."""
    return Room(core)


@pytest.fixture
def program(app: Flask, room: Room) -> FlaskClient:
    """The person's program."""
    client = app.test_client()
    with client.session_transaction() as session:
        session["person_id"] = room.person.id
    return client


@pytest.fixture
def url(room: Room) -> str:
    """The address of a new table."""
    return f"/api/v1/tables/{room.make_table().name}"


def test_an_entry_is_put_and_read_with_its_version(program: FlaskClient, url: str) -> None:
    made = program.put(f"{url}/entries/btc", json={"usd": 91_500.5})
    again = program.put(f"{url}/entries/btc", json={"usd": 91_501})

    read = program.get(f"{url}/entries/btc")
    assert (made.status_code, again.status_code, read.status_code) == (201, 200, 200)
    assert read.json == again.json and list(read.json) == ["key", "value", "version", "at"]
    assert read.headers["ETag"] == f'"{read.json["version"]}"' != made.headers["ETag"]
    assert program.get(f"{url}/entries/btc", headers={"If-None-Match": read.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    ("spelled", "key"),
    [
        ("a/b", "a/b"), ("a%2Fb", "a/b"), ("%2Fa//b%2F", "/a//b/"), ("a%20b%3F%23%25", "a b?#%"), ("%0A", "\n"),
        ("b%C3%BC%F0%9F%94%94", "bü🔔"), ("x/increment", "x/increment"), ("..%2F.", "../."), ("é" * 200, "é" * 200),
        ("%EF%BF%BD", "\ufffd"), ("A", "A"), ("a%20", "a "),
    ],
)
def test_any_text_is_a_key(program: FlaskClient, url: str, spelled: str, key: str) -> None:
    program.put(f"{url}/entries/{spelled}", json="of this key")

    assert program.get(f"{url}/entries/{spelled}").json["key"] == key
    assert [entry["key"] for entry in program.get(f"{url}/entries").json] == [key]
    assert program.post(f"{url}/batch", json={"operations": [{"op": "delete", "key": key}]}).status_code == 200


@pytest.mark.parametrize(
    ("key", "status"),
    [(b"\xff", 400), (b"a\xc3", 400), (b"\xed\xa0\x80", 400), (b"a" * 201, 422), (b"a\0b", 422), (b"", 404)],
)
def test_what_is_no_key_is_refused(program: FlaskClient, url: str, key: bytes, status: int) -> None:
    # As servers hand it on (PEP 3333): the test's client would make another text of what is no UTF-8.
    answer = program.put(url, json=1, environ_overrides={"PATH_INFO": f"{url}/entries/{key.decode('latin-1')}"})

    assert answer.status_code == status
    assert program.get(f"{url}/entries").json == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422), (b"{", 422), (b"NaN", 422), (b"[1, -Infinity]", 422), (b"1e999", 422), (b'{"a": 1, "a": 2}', 422),
        (b'"\xff"', 422), (rb'"\ud800"', 422), (b"[" * 65 + b"]" * 65, 422), (b"[" * 60_000, 422), (b"9" * 5_000, 422),
        (b'"' + b"a" * 65_535 + b'"', 413), (b" " * 300_000 + b"1", 413),
    ],
)
def test_what_is_no_value_is_refused(program: FlaskClient, url: str, body: bytes, status: int) -> None:
    answer = program.put(f"{url}/entries/a", data=body)

    assert (answer.status_code, answer.content_type) == (status, PROBLEM)
    assert program.get(f"{url}/entries/a").status_code == 404


@pytest.mark.parametrize(
    "body",
    [b"null", b"0", b"false", b'""', b"[" * 64 + b"]" * 64, b'"' + b"a" * 65_534 + b'"', rb'"\u0000\ud83d\ude00"'],
)
def test_every_value_of_json_is_kept(program: FlaskClient, url: str, body: bytes) -> None:
    assert program.put(f"{url}/entries/a", data=body).status_code == 201

    assert program.get(f"{url}/entries/a").json["value"] == json.loads(body)


def test_who_thought_wrong_is_told_how_it_is(program: FlaskClient, url: str) -> None:
    old = program.put(f"{url}/entries/a", json=1).headers["ETag"]
    now = program.put(f"{url}/entries/a", json=2, headers={"If-Match": old})

    late = program.put(f"{url}/entries/a", json=3, headers={"If-Match": old})
    weak = program.delete(f"{url}/entries/a", headers={"If-Match": f"W/{now.headers['ETag']}"})
    first = program.put(f"{url}/entries/a", json=4, headers={"If-None-Match": "*"})
    gone = program.delete(f"{url}/entries/b", headers={"If-Match": "*"})

    assert (now.status_code, late.status_code, late.content_type) == (200, 412, PROBLEM)
    assert late.json["current"] == weak.json["current"] == first.json["current"] == now.json
    assert (gone.status_code, gone.json["key"], gone.json["current"]) == (412, "b", None)
    assert program.put(f"{url}/entries/b", json=5, headers={"If-None-Match": "*"}).status_code == 201
    assert program.put(f"{url}/entries/b", json=5, headers={"If-Match": '"a", "b"'}).status_code == 400


def test_what_is_deleted_is_gone(program: FlaskClient, url: str) -> None:
    put = program.put(f"{url}/entries/a", json=1)

    deleted = program.delete(f"{url}/entries/a", headers={"If-Match": put.headers["ETag"]})

    epoch = put.json["version"].partition(".")[0]
    assert (deleted.status_code, deleted.json) == (200, {"key": "a", "version": f"{epoch}.2"})
    assert program.get(f"{url}/entries/a").status_code == program.delete(f"{url}/entries/a").status_code == 404


def test_a_time_to_live_is_set_moved_and_taken_away(program: FlaskClient, url: str) -> None:
    put = program.put(f"{url}/entries/a?ttl=60", json=1)
    longer = program.patch(f"{url}/entries/a?ttl=3600")
    forever = program.patch(f"{url}/entries/a?ttl=none", headers={"If-Match": longer.headers["ETag"]})

    assert put.json["expires_at"] < longer.json["expires_at"]
    assert "expires_at" not in forever.json and forever.json["value"] == 1
    assert program.patch(f"{url}/entries/b?ttl=60").status_code == 404


@pytest.mark.parametrize("ttl", ["0", "-1", "99999999999", "9" * 400, "1.5", "soon", "", "²", "1e3"])
def test_a_time_to_live_that_cannot_be_is_refused(program: FlaskClient, url: str, ttl: str) -> None:
    answer = program.put(f"{url}/entries/a?ttl={ttl}", json=1)

    assert (answer.status_code, answer.json["field"]) == (422, "ttl")
    assert program.patch(f"{url}/entries/a?ttl={ttl}").status_code == 422
    assert program.patch(f"{url}/entries/a").status_code == 422


def test_numbers_are_counted_up(program: FlaskClient, url: str) -> None:
    program.post(f"{url}/entries/hits/increment")
    program.post(f"{url}/entries/hits/increment", json={"by": 41})
    halved = program.post(f"{url}/entries/hits/increment?ttl=60", json={"by": -0.5})

    assert halved.json["value"] == 41.5 and "expires_at" in halved.json
    for by in (True, "1", None, 2**63, 1.7e308 * 10):
        assert program.post(f"{url}/entries/hits/increment", data=json.dumps({"by": by})).status_code == 422
    program.put(f"{url}/entries/word", json="bell")
    assert program.post(f"{url}/entries/word/increment").status_code == 422


def test_a_batch_is_done_as_a_whole(program: FlaskClient, url: str) -> None:
    program.put(f"{url}/entries/a", json=1)
    good = [{"op": "put", "key": "b", "value": None, "ttl": 60}, {"op": "increment", "key": "a", "by": 2}]

    done = program.post(f"{url}/batch", json={"operations": [*good, {"op": "delete", "key": "b"}]})
    bad = {"op": "put", "key": "a", "value": 1, "if_none_match": "*"}
    failed = program.post(f"{url}/batch", json={"operations": [*good, bad]})

    assert [result["op"] for result in done.json["results"]] == ["put", "increment", "delete"]
    assert done.json["results"][1]["value"] == 3 and done.json["version"] == done.json["results"][2]["version"]
    assert (failed.status_code, failed.json["key"], failed.json["current"]["value"]) == (412, "a", 5)
    assert [entry["value"] for entry in program.get(f"{url}/entries").json] == [3]


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        ({"op": "burn", "key": "a"}, 422), ({"op": "put", "key": "a"}, 422), ({"op": "put", "key": 1, "value": 1}, 422),
        ({"op": "delete", "key": "a", "value": 1}, 422), ({"op": "put", "key": "a", "value": 1, "ttl": 0}, 422),
        ({"op": "ttl", "key": "a"}, 422), ({"op": "put", "key": "a", "value": 1, "if_none_match": "x"}, 422),
        ({"op": "put", "key": "a", "value": 1, "if_match": 3}, 422), ("put", 422), ({"op": "delete", "key": "z"}, 404),
    ],
)
def test_a_batch_with_nonsense_is_refused(program: FlaskClient, url: str, operation: object, status: int) -> None:
    answer = program.post(f"{url}/batch", json={"operations": [{"op": "put", "key": "b", "value": 1}, operation]})

    assert (answer.status_code, answer.content_type) == (status, PROBLEM)
    assert program.get(f"{url}/entries").json == []


def test_a_batch_has_its_bounds(program: FlaskClient, url: str) -> None:
    one = {"op": "put", "key": "a", "value": 1}

    assert program.post(f"{url}/batch", json={"operations": [one] * 100}).status_code == 200
    assert program.post(f"{url}/batch", json={"operations": [one] * 101}).status_code == 422
    assert program.post(f"{url}/batch", json={"operations": []}).status_code == 422
    assert program.post(f"{url}/batch", json=[one]).status_code == 422
    assert program.post(f"{url}/batch", data=b" " * (1024 * 1024 + 1)).status_code == 413


def test_entries_are_listed_by_prefix_page_by_page(program: FlaskClient, url: str) -> None:
    keys = ["a", "b/1", "b/10", "b/2", "b/é", "b/\U0010ffff", "c"]
    puts = [{"op": "put", "key": key, "value": key} for key in reversed(keys)]
    program.post(f"{url}/batch", json={"operations": puts})

    pages = [program.get(f"{url}/entries?prefix=b/&limit=2")]
    while "Link" in pages[-1].headers:
        pages.append(program.get(pages[-1].headers["Link"].partition(">")[0].removeprefix("<http://localhost")))

    found = [[entry["key"] for entry in page.json] for page in pages]
    assert found == [["b/1", "b/10"], ["b/2", "b/é"], ["b/\U0010ffff"]]
    assert [entry["key"] for entry in program.get(f"{url}/entries").json] == keys
    assert pages[0].headers["Table-Version"].endswith(".7")
    for query in ("limit=0", "limit=501", "limit=x", "prefix=%FF"):
        assert program.get(f"{url}/entries?{query}").status_code == 400


def test_changes_are_read_from_any_version(program: FlaskClient, url: str) -> None:
    first = program.put(f"{url}/entries/a", json=1).json["version"]
    program.delete(f"{url}/entries/a")

    changes = program.get(f"{url}/changes?since={first}")
    nothing = program.get(f"{url}/changes?since={changes.json[-1]['version']}")
    unknown = ("", "other.1", f"{first.partition('.')[0]}.99")
    strange = [program.get(f"{url}/changes?since={since}") for since in unknown]

    [change] = changes.json
    assert (change["event"]["op"], change["event"]["key"]) == ("delete", "a")
    assert changes.headers["ETag"] == f'"{change["version"]}"'
    assert nothing.json == []
    assert all(answer.json[0]["resync"] for answer in strange)
    assert program.get(f"{url}/changes?since=x").status_code == 400


def test_many_changes_are_read_page_by_page(program: FlaskClient, url: str) -> None:
    before = program.put(f"{url}/entries/a", json=0).json["version"]
    program.post(f"{url}/batch", json={"operations": [{"op": "increment", "key": "a"}] * 100})

    pages = [program.get(f"{url}/changes?since={before}")]
    while "Link" in pages[-1].headers:
        pages.append(program.get(pages[-1].headers["Link"].partition(">")[0].removeprefix("<http://localhost")))

    assert [message["event"]["value"] for page in pages for message in page.json] == list(range(1, 101))


def test_who_may_not_is_told_so(app: Flask, room: Room, program: FlaskClient) -> None:
    public, hidden = room.make_table(), room.make_table(visibility="members")
    guest = app.test_client()

    written = guest.put(f"/api/v1/tables/{public.name}/entries/a", json=1)
    read = guest.get(f"/api/v1/tables/{hidden.name}/entries")

    assert [(one.status_code, one.json["title"], one.content_type) for one in (written, read)] == [
        (401, "Sign in first", PROBLEM)
    ] * 2
    assert guest.get(f"/api/v1/tables/{public.name}/entries").json == []
    assert guest.get("/api/v1/tables/no-such-table/entries").status_code == 404
    assert guest.get("/api/v1/tables/No_Table/changes").status_code == 404
