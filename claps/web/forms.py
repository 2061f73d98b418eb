"""Reading what was sent: forms and JSON alike."""

from __future__ import annotations

from flask import request
from werkzeug.datastructures import MultiDict

from claps.plain.errors import Invalid, Malformed


def sent() -> MultiDict[str, str]:
    """The fields of the request's form, or of its JSON object.

    :raises Malformed: the JSON is none, or no object.
    """
    if not request.is_json:
        return request.form
    try:
        value = request.get_json(silent=True)
    except RecursionError:
        value = None  # a hundred thousand brackets
    if not isinstance(value, dict):
        raise Malformed("body", "The body must be a JSON object.")
    return MultiDict({str(name): _as_text(item) for name, item in value.items()})


def _as_text(item: object) -> str:
    return "1" if item is True else "0" if item is False else str(item)


def whole_number(fields: MultiDict[str, str], name: str, *, default: int) -> int:
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


def local_address(text: str | None, *, default: str) -> str:
    """Read where to go next; only addresses of this site count."""
    # Browsers leave out tabs and line ends wherever they stand: "/<tab>/elsewhere" would be another site.
    if text and text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable():
        return text
    return default
