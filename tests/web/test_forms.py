"""What was sent, as form or as JSON."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from claps.plain.errors import Invalid, Malformed
from claps.web.forms import local_address, sent, whole_number

BARE = Flask("forms")


@pytest.mark.parametrize("body", [{"data": {"claps": "3", "undo": "1"}}, {"json": {"claps": 3, "undo": True}}])
def test_a_form_and_a_json_object_say_the_same(body: dict[str, Any]) -> None:
    with BARE.test_request_context("/", method="POST", **body):
        assert sent().to_dict() == {"claps": "3", "undo": "1"}


@pytest.mark.parametrize("data", ["", "{", "[1]", "null", '"text"'])
def test_a_body_that_is_no_object_is_malformed(data: str) -> None:
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
