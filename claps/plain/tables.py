"""Realtime tables: what they are, who may do what in them, and what their keys, names and times may be."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from claps.plain.errors import Invalid, NotFound, Refused, SignInFirst
from claps.plain.limits import (
    KEY_LENGTH,
    SCRATCH_BYTES,
    SCRATCH_ENTRIES,
    TABLE_BYTES,
    TABLE_ENTRIES,
    TABLE_NAME_LENGTH,
    TTL_SECONDS_MOST,
)
from claps.plain.people import Person, Reader
from claps.plain.topics import Topic
from claps.plain.versions import Version

Visibility = Literal["public", "members"]
Role = Literal["owner", "editor", "reader"]
# Who is made a member is one of these; there is one owner.
MEMBER_ROLES = ("editor", "reader")
SCRATCH_PREFIX = "scratch-"
_NAME = re.compile(rf"[a-z0-9-]{{1,{TABLE_NAME_LENGTH}}}")
# Addresses of pages below /tables.
_TAKEN = frozenset({"new", "scratch"})


@dataclass(frozen=True, slots=True)
class Table:
    """A named set of keys that others can watch.

    ``version`` is raised by one with every change; ``entries`` and ``bytes`` count what it holds. A table to try things
    out is ``scratch``: whoever has its name may write, and it is gone at ``expires_at``.
    """

    id: int
    name: str
    owner_id: int
    visibility: Visibility
    scratch: bool
    version: Version
    entries: int
    bytes: int
    created_at: datetime
    expires_at: datetime | None = None

    @property
    def most_entries(self) -> int:
        """How many entries it may have."""
        return SCRATCH_ENTRIES if self.scratch else TABLE_ENTRIES

    @property
    def most_bytes(self) -> int:
        """How long its keys and values may be together."""
        return SCRATCH_BYTES if self.scratch else TABLE_BYTES


@dataclass(frozen=True, slots=True)
class Seat:
    """A table as one reader finds it; ``role`` is None for who is no member."""

    table: Table
    role: Role | None

    @property
    def may_read(self) -> bool:
        """True for members, and for everybody where the table is public."""
        return self.table.visibility == "public" or self.role is not None

    @property
    def may_write(self) -> bool:
        """True for the owner and editors, and for whoever has the name of a scratch table."""
        return self.table.scratch or self.role in ("owner", "editor")

    @property
    def owns(self) -> bool:
        """True for who may delete it and say who is a member."""
        return self.role == "owner"


@dataclass(frozen=True, slots=True)
class Member:
    """A person who is let into a table."""

    person: Person
    role: Role


@dataclass(frozen=True, slots=True)
class Entry:
    """One key with its value; ``version`` is the table's when it was changed last."""

    table: str
    key: str
    value: Any
    version: Version
    expires_at: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a table's entries in the order of their keys; ``next_after`` is where the next ones begin, or None."""

    entries: tuple[Entry, ...]
    next_after: str | None
    version: Version


def table_topic(name: str) -> Topic:
    """Name the log of a table."""
    return Topic("table", name)


def check_table_name(name: str) -> str:
    """Return a name that a new table may have.

    :raises Invalid: it may not.
    """
    if not _NAME.fullmatch(name):
        raise Invalid(
            "name", f"A table’s name has 1 to {TABLE_NAME_LENGTH} small letters (a to z), figures and hyphens."
        )
    if name in _TAKEN or name.startswith(SCRATCH_PREFIX):
        raise Invalid("name", "This name is taken by the site itself.")
    return name


def is_table_name(name: str) -> bool:
    """True for what some table could be called."""
    return _NAME.fullmatch(name) is not None


def new_scratch_name() -> str:
    """Make the name of a scratch table, which nobody can guess: it is all that one needs to write into it."""
    return f"{SCRATCH_PREFIX}{secrets.token_hex(12)}"


def check_visibility(text: str) -> Visibility:
    """Return who may read a table.

    :raises Invalid: nobody of that name.
    """
    if text not in ("public", "members"):
        raise Invalid("visibility", "“visibility” is public or members.")
    return text  # type: ignore[return-value]


def check_role(text: str) -> Role:
    """Return what a member is.

    :raises Invalid: no member can be that.
    """
    if text not in MEMBER_ROLES:
        raise Invalid("role", "“role” is editor or reader.")
    return text  # type: ignore[return-value]


def check_key(key: str) -> str:
    """Return a key that an entry may have: 1 to 200 characters that UTF-8 knows, but not NUL.

    :raises Invalid: it may not.
    """
    if not 1 <= len(key) <= KEY_LENGTH:
        raise Invalid("key", f"A key has 1 to {KEY_LENGTH} characters; this one has {len(key):,}.")
    if "\0" in key:
        raise Invalid("key", "A key has no NUL.")
    if not is_utf8(key):
        raise Invalid("key", "A key is UTF-8, and half a character (a lone surrogate) is not.")
    return key


def is_utf8(text: str) -> bool:
    """True for a text that can be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def check_ttl(seconds: int) -> int:
    """Return for how many seconds an entry may live.

    :raises Invalid: not so long, or not at all.
    """
    if not 1 <= seconds <= TTL_SECONDS_MOST:
        raise Invalid("ttl", f"A time to live has 1 to {TTL_SECONDS_MOST:,} seconds, which is ten years.")
    return seconds


def after_prefix(prefix: str) -> str | None:
    """The least text behind all that begin with ``prefix``, in the order of code points; None when there is none."""
    for length in range(len(prefix), 0, -1):
        last = ord(prefix[length - 1])
        if last < 0x10FFFF:
            # UTF-8 knows no surrogates: behind the last before them comes the first behind them.
            return prefix[: length - 1] + chr(0xE000 if last + 1 == 0xD800 else last + 1)
    return None


def check_may_read(seat: Seat, reader: Reader | None) -> Seat:
    """Return the seat of one who may read.

    :raises SignInFirst: only members may, and it is not known who asks.
    :raises Refused: only members may, and this is none.
    """
    if seat.may_read:
        return seat
    if reader is None or reader.is_guest:
        raise SignInFirst("Only members can read this table: sign in first.")
    raise Refused("Only members can read this table. Its owner can let you in.")


def check_may_write(seat: Seat, reader: Reader | None) -> Seat:
    """Return the seat of one who may write.

    :raises SignInFirst: it is not known who asks.
    :raises Refused: this one may not.
    """
    if seat.may_write:
        return seat
    if reader is None or reader.is_guest:
        raise SignInFirst("Only its owner and editors can change this table: sign in first.")
    check_may_read(seat, reader)
    raise Refused("Only its owner and editors can change this table.")


def check_owns(seat: Seat, reader: Reader | None) -> Seat:
    """Return the seat of the owner.

    :raises SignInFirst: it is not known who asks.
    :raises Refused: it is another one’s table.
    """
    if seat.owns:
        return seat
    if reader is None or reader.is_guest:
        raise SignInFirst("Only its owner can do this: sign in first.")
    raise Refused("Only its owner can do this.")


def no_such_table(name: str) -> NotFound:
    """The error of a table that is not there."""
    return NotFound(f"There is no table “{name[:TABLE_NAME_LENGTH]}”.")


def moment_of(milliseconds: int) -> datetime:
    """A moment of Unix time as we pass it on."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def moment_text(at: datetime) -> str:
    """A moment as programs are told of it."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def entry_fields(entry: Entry) -> dict[str, Any]:
    """An entry as programs are told of it."""
    told = {"key": entry.key, "value": entry.value, "version": str(entry.version), "at": moment_text(entry.at)}
    if entry.expires_at is not None:
        told["expires_at"] = moment_text(entry.expires_at)
    return told


def entry_event(entry: Entry) -> dict[str, Any]:
    """That an entry was put, or its time to live was set, as programs are told of it."""
    told = {"op": "put", "key": entry.key, "value": entry.value, "at": moment_text(entry.at)}
    if entry.expires_at is not None:
        told["expires_at"] = moment_text(entry.expires_at)
    return told


def gone_event(op: Literal["delete", "expire"], key: str, at: datetime) -> dict[str, Any]:
    """That an entry is gone, as programs are told of it."""
    return {"op": op, "key": key, "at": moment_text(at)}
