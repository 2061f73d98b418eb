"""What was sent, as form or as JSON."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import ClientDisconnected

from claps.plain.errors import Invalid, Malformed
from claps.web.forms import SMALL_BYTES, local_address, page_key, sent, undoes, whole_number

BARE = Flask("forms")
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("body", [{"data": {"claps": "3", "undo": "1"}}, {"json": {"claps": 3, "undo": True}}])
def test_a_form_and_a_json_object_say_the_same(body: dict[str, Any]) -> None:
    with BARE.test_request_context("/", method="POST", **body):
        assert sent() == {"claps": "3", "undo": "1"}


@pytest.mark.parametrize("kind", [FORM, "Application/X-WWW-Form-Urlencoded;charset=UTF-8"])
@pytest.mark.parametrize("padding", [0, SMALL_BYTES])
def test_a_small_form_is_read_as_a_large_one_is(kind: str, padding: int) -> None:
    body = "claps=3&claps=9&empty=&said=%F0%9F%91%8F+you%20" + "&" * padding

    with BARE.test_request_context("/", method="POST", data=body, content_type=kind):
        fields = sent()

    assert {name: fields[name] for name in fields} == {"claps": "3", "empty": "", "said": "👏 you "}


@pytest.mark.parametrize("kind", [FORM, "application/json"])
def test_a_form_that_is_cut_off_is_none(kind: str) -> None:
    with BARE.test_request_context("/", method="POST", data=b"claps=5", content_type=kind):
        request.environ["CONTENT_LENGTH"] = "8"

        with pytest.raises(ClientDisconnected):
            sent()


def test_a_small_form_with_broken_letters_is_read_as_far_as_it_goes() -> None:
    with BARE.test_request_context("/", method="POST", data=b"claps=3&said=%ff\xff", content_type=FORM):
        assert sent()["claps"] == "3"


def test_a_form_in_parts_is_read_however_small() -> None:
    with BARE.test_request_context("/", method="POST", data={"claps": "3"}, content_type="multipart/form-data"):
        assert sent()["claps"] == "3"


@pytest.mark.parametrize("data", ["", "{", "[1]", "null", '"text"', b"\xff", "[" * 900, "[" * 100_000])
def test_a_body_that_is_no_object_is_malformed(data: str | bytes) -> None:
    with BARE.test_request_context("/", method="POST", data=data, content_type="application/json"):
        with pytest.raises(Malformed):
            sent()


@pytest.mark.parametrize(("text", "number"), [("3", 3), (" 50 ", 50), ("-1", -1), ("", 1), ("  ", 1), ("007", 7)])
def test_a_whole_number_is_read_and_may_be_missing(text: str, number: int) -> None:
    assert whole_number(MultiDict({"claps": text}), "claps", default=1) == number
    assert whole_number(MultiDict(), "claps", default=1) == 1


@pytest.mark.parametrize("text", ["a", "1.0", "1e3", "٣", "²", "--1", "1 2", "9" * 10, "+1", "0x1"])
def test_nothing_else_is_a_whole_number(text: str) -> None:
    with pytest.raises(Invalid) as error:
        whole_number(MultiDict({"claps": text}), "claps", default=1)

    assert error.value.field == "claps"


@pytest.mark.parametrize("text", ["/", "/posts/12?c=1#claps", "/@ada"])
def test_an_address_of_this_site_is_followed(text: str) -> None:
    assert local_address(text, default="/dashboard") == text


@pytest.mark.parametrize(
    "text",
    [
        None, "", "posts/12", "//evil.test", "/\\evil.test", "https://evil.test/", "javascript:alert(1)",
        "/a\r\nSet-Cookie: x", "/\t/evil.test", "/\n/evil.test",
    ],
)
def test_no_other_address_is(text: str | None) -> None:
    assert local_address(text, default="/dashboard") == "/dashboard"


@pytest.mark.parametrize(("query", "key"), [("", None), ("?after=", None), ("?after=12", 12), ("?after=0", 0)])
def test_a_page_of_a_list_begins_at_an_id_or_at_the_beginning(query: str, key: int | None) -> None:
    with BARE.test_request_context(f"/{query}"):
        assert page_key("after") == key


@pytest.mark.parametrize("text", ["x", "-1", "1.5", "9" * 19, "%D9%A3"])
def test_a_page_of_a_list_begins_nowhere_else(text: str) -> None:
    with BARE.test_request_context(f"/?after={text}"), pytest.raises(Malformed):
        page_key("after")


UNDOING = [({}, False), ({"undo": "0"}, False), ({"undo": ""}, False), ({"undo": "1"}, True)]


@pytest.mark.parametrize(("fields", "asked"), UNDOING)
def test_what_asks_to_be_undone_says_so(fields: dict[str, str], asked: bool) -> None:
    assert undoes(fields) == asked
