"""One table: its entries, and changing them with script and without."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Answer, Client
from tests.parts.tables import make_table, put

HTMX = {"HX-Request": "true", "Accept": "text/html"}
Writer = tuple[Client, str]


@pytest.fixture
def table(live_site: ClapsServer) -> Writer:
    """A table, and one who may write."""
    return make_table(live_site)


def add(table: Writer, key: str, value: str, **more: str) -> Answer:
    """Send the form of a new entry."""
    client, name = table
    return client.post(f"/tables/{name}/put", {"key": key, "value": value, "new": "1", **more})


def value_of(table: Writer, key: str) -> object:
    """What a key has."""
    client, name = table
    return client.get(f"/api/v1/tables/{name}/entries/{key}").json["value"]


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("42", 42), ("true", True), ('{"a": [1]}', {"a": [1]}), ("Hello, world", "Hello, world"), ('"42"', "42"),
        ("", ""), ("NaN", "NaN"), ('{"a": 1, "a": 2}', '{"a": 1, "a": 2}'), ("two\r\nlines", "two\nlines"),
    ],
)
def test_what_is_typed_is_json_where_it_can_be(table: Writer, typed: str, value: object) -> None:
    answer = add(table, "key", typed)

    assert answer.status == 303 and value_of(table, "key") == value
    editor = table[0].get(f"/tables/{table[1]}?edit=key", headers=HTMX).text
    again = unescape(re.findall(r"<textarea.*?>\n(.*?)</textarea>", editor, re.DOTALL)[0])
    table[0].post(f"/tables/{table[1]}/put", {"key": "key", "value": again})
    assert value_of(table, "key") == value


def test_entries_stand_in_the_order_of_their_keys_page_by_page(table: Writer) -> None:
    client, name = table
    operations = [{"op": "put", "key": f"key {number:02}", "value": number} for number in range(60)]
    client.post_json(f"/api/v1/tables/{name}/batch", {"operations": operations})

    first = client.get(f"/tables/{name}").text
    second = client.get(f"/tables/{name}?after=key+49").text
    found = client.get(f"/tables/{name}?prefix=key+1").text

    assert re.findall(r'row">key (\d+)<', first) == [f"{number:02}" for number in range(50)]
    assert f'href="/tables/{name}?after=key+49" rel="next"' in first
    assert re.findall(r'row">key (\d+)<', second) == [f"{number:02}" for number in range(50, 60)]
    assert len(re.findall(r'row">key', found)) == 10 and "First page" in second


def test_a_key_that_is_there_already_is_said_and_nothing_is_lost(table: Writer) -> None:
    add(table, "key", "1")

    answer = add(table, "key", "2", ttl="60")

    assert answer.status == 412 and value_of(table, "key") == 1
    assert "There is such a key already" in answer.text and 'value="60"' in answer.text


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"key": "k", "value": "x" * 65_600}, 413, "A value has at most 65,536 bytes"),
        ({"key": "k" * 201, "value": "1"}, 422, "A key has 1 to 200 characters"),
        ({"key": "k", "value": "1", "ttl": "-1"}, 422, "A time to live"),
        ({"key": "k", "value": "1", "ttl": "999999999"}, 422, "A time to live"),
    ],
)
def test_what_cannot_be_kept_is_refused_where_it_was_typed(
    table: Writer, fields: dict[str, str], status: int, said: str
) -> None:
    client, name = table

    page = client.post(f"/tables/{name}/put", {"new": "1", **fields})
    fragment = client.post(f"/tables/{name}/put", {"new": "1", **fields}, headers=HTMX)

    assert (page.status, fragment.status) == (status, status)
    assert said in page.text
    assert f'<hx-partial id="add-hint"><b class="wrong">{said}' in fragment.text


def test_an_entry_is_edited_where_it_stands_without_script(table: Writer) -> None:
    client, name = table
    add(table, "key", "1")

    page = client.get(f"/tables/{name}?edit=key").text
    version = re.findall(r'name="version" value="([^"]+)"', page)[0]
    saved = client.post(f"/tables/{name}/put", {"key": "key", "value": "2", "version": version, "here": "&prefix=k"})

    assert re.fullmatch(rf"/tables/{name}\?c=put&prefix=k#e-[0-9a-f]{{16}}", saved.headers["location"])
    assert value_of(table, "key") == 2


def test_who_edits_what_somebody_has_changed_is_told_and_may_insist(table: Writer) -> None:
    client, name = table
    version = put(client, name, "key", 1).headers["etag"].strip('"')
    put(client, name, "key", 2)
    form = {"key": "key", "value": "3", "version": version}

    page = client.post(f"/tables/{name}/put", form)
    fragment = client.post(f"/tables/{name}/put", form, headers=HTMX).text
    newest = re.findall(r'-version"><input type="hidden" name="version" value="([^"]+)"', fragment)[0]
    again = client.post(f"/tables/{name}/put", {**form, "version": newest}, headers=HTMX)

    assert page.status == 412 and "Somebody has changed it meanwhile" in page.text and ">\n3</textarea>" in page.text
    assert "Somebody has changed it meanwhile" in fragment
    assert again.status == 200 and value_of(table, "key") == 3


def test_htmx_gets_the_row_and_an_empty_form(table: Writer) -> None:
    client, name = table

    told = client.post(f"/tables/{name}/put", {"key": "k", "value": "v", "new": "1"}, headers=HTMX).text
    gone = client.post(f"/tables/{name}/delete", {"key": "k"}, headers=HTMX).text

    assert '<hx-upsert hx-target="#rows" key="data-key">' in told and 'id="key" name="key"' in told
    assert re.search(r'<hx-partial hx-target="#e-[0-9a-f]{16}" hx-swap="delete">', gone)


def test_an_entry_is_deleted_and_deleting_it_again_is_no_error(table: Writer) -> None:
    client, name = table
    add(table, "key", "1")

    answers = [client.post(f"/tables/{name}/delete", {"key": "key"}) for _ in range(2)]

    assert [answer.headers["location"] for answer in answers] == [f"/tables/{name}?c=deleted"] * 2
    assert client.post("/tables/nobody-has-made-it/delete", {"key": "key"}).status == 404


def test_an_entry_that_runs_out_says_when_and_is_gone_then(table: Writer) -> None:
    client, name = table
    add(table, "key", "1", ttl="3600")

    assert "<span>until <time" in client.get(f"/tables/{name}").text


def test_who_may_only_read_sees_no_forms(live_site: ClapsServer, guest: Client) -> None:
    ada = live_site.open_client()
    ada.post("/login", {"name": "ada", "password": "applause"})
    ada.post("/tables", {"name": "for-reading"})
    put(ada, "for-reading", "key", 1)

    page = guest.get("/tables/for-reading").text

    assert 'class="entries"' in page and 'id="add"' not in page and "Who may read and write" not in page
    assert "Edit" not in page and "Delete" not in page
    assert guest.post("/tables/for-reading/put", {"key": "key", "value": "2"}).status == 403
