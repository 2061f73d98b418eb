"""What programs ask with: numbers, JSON bodies and conditions, read strictly."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_to_bytes

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from claps.acts.posts import HIGHEST_ID
from claps.plain.errors import Invalid, Malformed, NotFound, TooLarge
from claps.plain.values import read_json
from claps.web.forms import page_key

# What no version is: a weak tag never matches where a strong one is asked for (RFC 9110, section 8.8.3.2).
_NEVER = "W/"


def check_utf8() -> None:
    """See that the address is UTF-8: what is not would be read as another one.

    :raises Malformed: it is not.
    """
    sent = request.environ
    try:
        sent["PATH_INFO"].encode("latin-1").decode()
        unquote_to_bytes(sent.get("QUERY_STRING", "").replace("+", " ")).decode()
    except UnicodeDecodeError as error:
        raise Malformed("address", "The address is not UTF-8.") from error


def number_of(name: str, *, default: int, most: int) -> int:
    """Read a whole number of the address, from 1 on.

    :raises Malformed: it is none, or more than may be asked for.
    """
    text = request.args.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdecimal() or len(text) > 9 or not 1 <= int(text) <= most:
        raise Malformed(name, f"“{name}” must be a whole number from 1 to {most}.")
    return int(text)


def after_id() -> int:
    """Read behind which id a page of a list begins; 0 at the beginning.

    :raises Malformed: the address names none.
    """
    return page_key("after") or 0


def possible_id(number: int) -> int:
    """Let through a number from an address that something may have as its id.

    :raises NotFound: SQL counts not so far.
    """
    if number > HIGHEST_ID:
        raise NotFound("There is nothing of that number.")
    return number


def ttl_of() -> int | None:
    """Read a time to live from the address; None when there is none.

    :raises Invalid: it is no number of seconds.
    """
    text = request.args.get("ttl")
    if text is None:
        return None
    digits = text.removeprefix("-")
    if not digits.isascii() or not digits.isdecimal():
        raise Invalid("ttl", "“ttl” must be a whole number of seconds.")
    # What is far beyond ten years is refused as that, however many figures it has.
    return int(text[:20])


def json_body(*, most_bytes: int | None = None) -> Any:
    """Read the body, whatever kind it says it is of.

    :raises TooLarge: it is.
    :raises Invalid: it is no JSON, or has in it what programs read differently.
    """
    if most_bytes is not None:
        request.max_content_length = most_bytes
    return read_json(_data())


def file_body(*, most_bytes: int) -> bytes:
    """Read a body that is a file.

    :raises TooLarge: it is.
    """
    request.max_content_length = most_bytes
    return _data()


def has_body() -> bool:
    """True when anything was sent with the request.

    :raises TooLarge: it is.
    """
    return bool(_data())


def object_body(*names: str) -> dict[str, Any]:
    """Read a body that is an object, with nothing else in it than these names.

    :raises Invalid: it is none.
    """
    body = json_body()
    if not isinstance(body, dict):
        raise Invalid("body", "The body is a JSON object.")
    strange = set(body) - set(names)
    if strange:
        raise Invalid("body", f"There is nothing to be said about “{min(strange)[:40]}”.")
    return body


def text_in(body: dict[str, Any], name: str, default: str | None = None) -> str:
    """Read a text out of a body.

    :raises Invalid: it is none, or missing.
    """
    value = body.get(name, default)
    if not isinstance(value, str):
        raise Invalid(name, f"“{name}” is a text.")
    return value


def if_match() -> str | None:
    """Read which version an entry must have: the version, ``*`` for any, or None.

    :raises Malformed: several are named.
    """
    if "HTTP_IF_MATCH" not in request.environ:
        return None
    tags = request.if_match
    if tags.star_tag:
        return "*"
    versions = tags.as_set()
    if len(versions) > 1:
        raise Malformed("If-Match", "Name one version.")
    return next(iter(versions), _NEVER)


def if_none_match() -> bool:
    """True when there must be no entry.

    :raises Malformed: a version is named, and not ``*``.
    """
    if "HTTP_IF_NONE_MATCH" not in request.environ:
        return False
    if not request.if_none_match.star_tag:
        raise Malformed("If-None-Match", "What is written takes “If-None-Match: *” and no version.")
    return True


def _data() -> bytes:
    try:
        return request.get_data()
    except RequestEntityTooLarge as error:
        most = request.max_content_length or 0
        raise TooLarge("body", f"A request like this has at most {most:,} bytes.") from error
