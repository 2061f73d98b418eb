"""Reading what was sent: forms and JSON alike."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import IO
from urllib.parse import parse_qsl

from flask import request
from werkzeug.exceptions import ClientDisconnected

from claps.plain.errors import Invalid, Malformed

# A clap is nine bytes. What is as small as this is read in one piece: the parser for forms and files of any
# size, and the guarded stream in front of it, take two to three times as long.
SMALL_BYTES = 1_000
_SMALL = re.compile("[0-9]{1,4}", re.ASCII)
_FORM = "application/x-www-form-urlencoded"


def sent() -> Mapping[str, str]:
    """The fields of the request's form, or of its JSON object; the first, where a form names one twice.

    :raises Malformed: the JSON is none, or no object.
    """
    environ = request.environ
    length = environ.get("CONTENT_LENGTH", "")
    kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    is_plain = kind in (_FORM, "application/json") and "HTTP_TRANSFER_ENCODING" not in environ
    if not is_plain or not _SMALL.fullmatch(length) or int(length) > SMALL_BYTES:
        return _of_object(request.get_data()) if request.is_json else request.form
    body = _read_whole(environ["wsgi.input"], int(length))
    if kind != _FORM:
        return _of_object(body)
    return dict(reversed(parse_qsl(body.decode(errors="replace"), keep_blank_values=True)))


def _read_whole(stream: IO[bytes], length: int) -> bytes:
    # What is cut off may still make sense: “claps=50” begins with “claps=5”.
    try:
        body = stream.read(length)
    except OSError as error:
        raise ClientDisconnected("The body did not come.") from error
    if len(body) < length:
        raise ClientDisconnected("The body ended too early.")
    return body


def _of_object(body: bytes) -> dict[str, str]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None  # no JSON, or a hundred thousand brackets
    if not isinstance(value, dict):
        raise Malformed("body", "The body must be a JSON object.")
    return {str(name): _as_text(item) for name, item in value.items()}


def _as_text(item: object) -> str:
    return "1" if item is True else "0" if item is False else str(item)


def whole_number(fields: Mapping[str, str], name: str, *, default: int) -> int:
    """Read a whole number that may be missing.

    :raises Invalid: it is no whole number, or one that nobody means.
    """
    text = fields.get(name, "").strip()
    if not text:
        return default
    digits = text.removeprefix("-")
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 9:
        raise Invalid(name, f"“{name}” must be a small whole number.")
    return int(text)


def undoes(fields: Mapping[str, str]) -> bool:
    """True when the fields ask to take back what the act does (``undo=1``)."""
    return fields.get("undo", "0") not in ("", "0")


def page_key(name: str) -> int | None:
    """Read where a page of a list begins: the id behind or below which it is, from the address.

    :raises Malformed: it is no id.
    """
    text = request.args.get(name)
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise Malformed(name, f"“{name}” must be a whole number.")
    return int(text)


def local_address(text: str | None, *, default: str) -> str:
    """Read where to go next; only addresses of this site count."""
    # Browsers leave out tabs and line ends wherever they stand: "/<tab>/elsewhere" would be another site.
    if text and text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable():
        return text
    return default
