"""What can be done to one entry of a table, and what becomes of the entry: the rules, without a database."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from claps.plain.errors import Invalid, NotFound, PreconditionFailed
from claps.plain.tables import Entry, check_key, check_ttl, entry_fields
from claps.plain.values import write_value
from claps.plain.versions import Version

Kind = Literal["put", "delete", "increment", "ttl"]
KINDS: tuple[str, ...] = get_args(Kind)
# What every database and most languages hold as a whole number; beyond it they differ.
INTEGER_MOST = 2**63 - 1
_FIELDS = {
    "put": {"value", "ttl", "if_match", "if_none_match"},
    "delete": {"if_match"},
    "increment": {"by", "ttl", "if_match"},
    "ttl": {"ttl", "if_match"},
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing to be done to one entry.

    ``ttl_seconds``: how long the entry shall live; None is for ever, and with ``increment`` as it was.
    ``if_match``: the version that the entry must have, or ``*`` for any; ``if_none_match``: there must be none.
    """

    op: Kind
    key: str
    value: Any = None
    by: int | float = 1
    ttl_seconds: int | None = None
    if_match: str | None = None
    if_none_match: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """What an operation has come to: the table's version after it, and the entry, if there is one.

    ``is_new`` when there was none before.
    """

    op: Kind
    key: str
    version: Version
    entry: Entry | None
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """An entry as it is kept: its value as text, and when it runs out in milliseconds of Unix time."""

    text: str
    offset: int
    at_ms: int
    expires_ms: int | None


def check_operation(operation: Operation) -> Operation:
    """Return what can be tried.

    :raises Invalid: a key, a time to live or a number is wrong.
    """
    check_key(operation.key)
    if operation.ttl_seconds is not None:
        check_ttl(operation.ttl_seconds)
    if operation.op == "increment":
        _check_number(operation.by, "by")
    return operation


def check_condition(operation: Operation, current: Entry | None) -> None:
    """See whether the entry is as whoever wants to change it thought.

    :raises PreconditionFailed: it is not.
    :raises NotFound: there is no entry to delete, or to live longer.
    """
    told = None if current is None else entry_fields(current)
    wanted = operation.if_match
    if wanted is not None and (current is None or wanted not in ("*", str(current.version))):
        said = "There is no such entry any more." if current is None else "The entry was changed meanwhile."
        raise PreconditionFailed(said, key=operation.key, current=told)
    if operation.if_none_match and current is not None:
        raise PreconditionFailed("There is such an entry already.", key=operation.key, current=told)
    if current is None and operation.op in ("delete", "ttl"):
        raise no_such_entry(operation.key)


def value_after(operation: Operation, held: Held | None) -> str:
    """The text of the value after an operation that leaves one.

    :raises Invalid: what should be counted up is no number, or would be too large.
    :raises TooLarge: the value is.
    """
    if operation.op == "put":
        return write_value(operation.value)
    if operation.op == "ttl":
        assert held is not None
        return held.text
    value = 0 if held is None else json.loads(held.text)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Invalid("value", f"“{operation.key[:40]}” is no number, and cannot be counted up.")
    return write_value(_check_number(_check_number(value, "value") + operation.by, "by"))


def expires_after(operation: Operation, held: Held | None, now_ms: int) -> int | None:
    """When the entry runs out after an operation, in milliseconds of Unix time; None for never."""
    if operation.ttl_seconds is not None:
        return now_ms + operation.ttl_seconds * 1000
    return held.expires_ms if operation.op == "increment" and held is not None else None


def read_operation(told: Any) -> Operation:
    """Read an operation as programs spell it: ``{"op": "put", "key": "btc", "value": 1, "ttl": 60}``.

    :raises Invalid: it is none.
    """
    if not isinstance(told, Mapping):
        raise Invalid("operations", "An operation is an object.")
    kind, key = told.get("op"), told.get("key")
    if kind not in KINDS:
        raise Invalid("op", f"“op” is one of {', '.join(KINDS)}.")
    if not isinstance(key, str):
        raise Invalid("key", "“key” is a text.")
    strange = set(told) - _FIELDS[kind] - {"op", "key"}
    if strange:
        raise Invalid("operations", f"The operation {kind} knows no “{min(strange)[:40]}”.")
    if (kind == "put" and "value" not in told) or (kind == "ttl" and "ttl" not in told):
        raise Invalid("operations", f"The operation {kind} needs a “{'value' if kind == 'put' else 'ttl'}”.")
    if told.get("if_none_match") not in (None, "*"):
        raise Invalid("if_none_match", "“if_none_match” is * or not there.")
    if not isinstance(told.get("if_match"), (str, type(None))):
        raise Invalid("if_match", "“if_match” is a version, or *.")
    return check_operation(Operation(
        kind, key, value=told.get("value"), by=read_number(told.get("by", 1)), ttl_seconds=read_ttl(told.get("ttl")),
        if_match=told.get("if_match"), if_none_match="if_none_match" in told and told["if_none_match"] is not None,
    ))


def read_number(value: Any) -> int | float:
    """Read by how much is counted up.

    :raises Invalid: it is no number.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Invalid("by", "“by” is a number.")
    return value


def read_ttl(value: Any) -> int | None:
    """Read a time to live; None is for ever.

    :raises Invalid: it is no number of seconds.
    """
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise Invalid("ttl", "“ttl” is a whole number of seconds, or null.")
    return value


def no_such_entry(key: str) -> NotFound:
    """The error of an entry that is not there."""
    return NotFound(f"There is no entry “{key[:40]}”.")


def _check_number(number: int | float, field: str) -> int | float:
    if isinstance(number, int) and abs(number) > INTEGER_MOST or not math.isfinite(number):
        raise Invalid(field, "That is more than can be counted: at most 63 bits, or 1.8e308 with a point.")
    return number
