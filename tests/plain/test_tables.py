"""What realtime tables, their keys and their times may be, and who may do what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from claps.plain.errors import Invalid, Refused, SignInFirst
from claps.plain.limits import TTL_SECONDS_MOST
from claps.plain.people import GUEST_ID_LEAST, Reader
from claps.plain.tables import (
    Entry,
    Seat,
    Table,
    after_prefix,
    check_key,
    check_may_read,
    check_may_write,
    check_owns,
    check_table_name,
    check_ttl,
    entry_event,
    entry_fields,
    is_table_name,
    new_scratch_name,
)
from claps.plain.versions import Version

NOON = datetime(2026, 11, 21, 12, 0, 0, 500_000, UTC)
PUBLIC = Table(1, "prices", 7, "public", False, Version("e", 9), 0, 0, NOON)
HIDDEN, SCRATCH = replace(PUBLIC, visibility="members"), replace(PUBLIC, scratch=True)
BEN, GUEST = Reader(8), Reader(GUEST_ID_LEAST + 1)


@pytest.mark.parametrize("name", ["a", "prices", "0-9", "-", "a" * 64])
def test_names_of_tables(name: str) -> None:
    assert check_table_name(name) == name


@pytest.mark.parametrize("name", ["", "A", "a_b", "a b", "ä", "a" * 65, "a\n", "new", "scratch", "scratch-x", "#1"])
def test_what_is_no_name_of_a_table(name: str) -> None:
    with pytest.raises(Invalid):
        check_table_name(name)


def test_nobody_makes_the_same_scratch_table() -> None:
    names = {new_scratch_name() for _ in range(50)}

    assert len(names) == 50 and all(map(is_table_name, names))


@pytest.mark.parametrize("key", ["a", " ", "/", "\n", "🔔" * 200])
def test_keys(key: str) -> None:
    assert check_key(key) == key


@pytest.mark.parametrize("key", ["", "a" * 201, "a\0", "\ud800"])
def test_what_is_no_key(key: str) -> None:
    with pytest.raises(Invalid):
        check_key(key)


def test_times_to_live() -> None:
    assert check_ttl(1) == 1 and check_ttl(TTL_SECONDS_MOST) == TTL_SECONDS_MOST
    for seconds in (0, -1, TTL_SECONDS_MOST + 1):
        with pytest.raises(Invalid):
            check_ttl(seconds)


@pytest.mark.parametrize(
    ("prefix", "behind"),
    [("a", "b"), ("a/", "a0"), ("\ud7ff", "\ue000"), ("a\U0010ffff", "b"), ("\U0010ffff", None), ("", None)],
)
def test_what_comes_behind_a_prefix(prefix: str, behind: str | None) -> None:
    assert after_prefix(prefix) == behind


def test_who_may_read() -> None:
    for seat in (Seat(PUBLIC, None), Seat(SCRATCH, None), Seat(HIDDEN, "reader")):
        assert check_may_read(seat, None) is seat
    with pytest.raises(Refused, match="Its owner can let you in"):
        check_may_read(Seat(HIDDEN, None), BEN)
    for nobody in (None, GUEST):
        with pytest.raises(SignInFirst):
            check_may_read(Seat(HIDDEN, None), nobody)


def test_who_may_write() -> None:
    for seat in (Seat(SCRATCH, None), Seat(HIDDEN, "editor"), Seat(PUBLIC, "owner")):
        assert check_may_write(seat, None) is seat
    for role in (None, "reader"):
        with pytest.raises(Refused, match="Only its owner and editors"):
            check_may_write(Seat(PUBLIC, role), BEN)
        with pytest.raises(SignInFirst):
            check_may_write(Seat(PUBLIC, role), GUEST)
    with pytest.raises(Refused, match="Only members can read"):
        check_may_write(Seat(HIDDEN, None), BEN)


def test_who_owns() -> None:
    assert check_owns(Seat(PUBLIC, "owner"), GUEST).owns
    with pytest.raises(Refused):
        check_owns(Seat(PUBLIC, "editor"), BEN)
    with pytest.raises(SignInFirst):
        check_owns(Seat(PUBLIC, None), None)


def test_an_entry_is_told_with_its_version_and_an_event_without() -> None:
    entry = Entry("prices", "btc", None, Version("e", 9), None, NOON)

    assert entry_fields(entry) == {"key": "btc", "value": None, "version": "e.9", "at": "2026-11-21T12:00:00.500Z"}
    assert entry_event(replace(entry, expires_at=NOON)) == {
        "op": "put", "key": "btc", "value": None, "at": "2026-11-21T12:00:00.500Z",
        "expires_at": "2026-11-21T12:00:00.500Z",
    }
