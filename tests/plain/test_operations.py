"""What becomes of an entry, without a database."""

from __future__ import annotations

from typing import Any

import pytest

from claps.plain.errors import Invalid, NotFound, PreconditionFailed
from claps.plain.operations import (
    Held,
    Operation,
    check_condition,
    check_operation,
    expires_after,
    read_operation,
    value_after,
)
from claps.plain.tables import Entry, moment_of
from claps.plain.versions import Version

CURRENT = Entry("prices", "a", 1, Version("e", 9), None, moment_of(0))


def held(text: str, expires_ms: int | None = None) -> Held:
    """An entry as it is kept."""
    return Held(text, 9, 0, expires_ms)


@pytest.mark.parametrize(
    ("asked", "current"),
    [
        ({"if_match": "e.9"}, CURRENT), ({"if_match": "*"}, CURRENT), ({"if_none_match": True}, None), ({}, None),
        ({}, CURRENT),
    ],
)
def test_an_entry_may_be_as_it_was_thought(asked: dict[str, Any], current: Entry | None) -> None:
    check_condition(Operation("put", "a", 1, **asked), current)


@pytest.mark.parametrize(
    ("asked", "current"),
    [
        ({"if_match": "e.8"}, CURRENT), ({"if_match": "e.9"}, None), ({"if_match": "*"}, None),
        ({"if_none_match": True}, CURRENT), ({"if_match": "W/"}, CURRENT),
    ],
)
def test_or_it_is_not(asked: dict[str, Any], current: Entry | None) -> None:
    with pytest.raises(PreconditionFailed) as failed:
        check_condition(Operation("put", "a", 1, **asked), current)

    assert (failed.value.current is None) == (current is None)


@pytest.mark.parametrize("op", ["delete", "ttl"])
def test_what_is_not_there_cannot_go_or_live_longer(op: Any) -> None:
    with pytest.raises(NotFound):
        check_condition(Operation(op, "a"), None)


@pytest.mark.parametrize(
    ("text", "by", "after"),
    [(None, 1, "1"), ("41", 1, "42"), ("41", -0.5, "40.5"), ("0.5", 1, "1.5"), (str(2**63 - 2), 1, str(2**63 - 1))],
)
def test_numbers_are_added(text: str | None, by: float, after: str) -> None:
    assert value_after(Operation("increment", "a", by=by), None if text is None else held(text)) == after


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ('"1"', 1), ("true", 1), ("null", 1), ("[1]", 1), (str(2**63 - 1), 1), (str(10**400), 0.5),
        ("1.7e308", 1.7e308),
    ],
)
def test_what_is_no_number_or_gets_too_large_is_not(text: str, by: float) -> None:
    with pytest.raises(Invalid):
        value_after(Operation("increment", "a", by=by), held(text))


def test_when_an_entry_runs_out() -> None:
    assert expires_after(Operation("put", "a", ttl_seconds=2), held("1", 5), 1_000) == 3_000
    assert expires_after(Operation("put", "a"), held("1", 5), 1_000) is None
    assert expires_after(Operation("ttl", "a"), held("1", 5), 1_000) is None
    assert expires_after(Operation("increment", "a"), held("1", 5), 1_000) == 5
    assert expires_after(Operation("increment", "a"), None, 1_000) is None


def test_operations_are_read_as_programs_spell_them() -> None:
    told = {"op": "put", "key": "a", "value": None, "ttl": 60, "if_match": "e.9"}

    assert read_operation(told) == Operation("put", "a", None, ttl_seconds=60, if_match="e.9")
    assert read_operation({"op": "ttl", "key": "a", "ttl": None}) == Operation("ttl", "a")
    assert read_operation({"op": "put", "key": "a", "value": 1, "if_none_match": "*"}).if_none_match
    assert read_operation({"op": "increment", "key": "a", "by": -2}).by == -2


@pytest.mark.parametrize(
    "operation",
    [
        Operation("put", ""), Operation("put", "a", ttl_seconds=0), Operation("increment", "a", by=2**63),
        Operation("increment", "a", by=float("nan")),
    ],
)
def test_what_cannot_be_tried_is_refused(operation: Operation) -> None:
    with pytest.raises(Invalid):
        check_operation(operation)
