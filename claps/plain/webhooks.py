"""Webhooks: what is told to other people's servers, how it is signed, and when it is tried again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from standardwebhooks import Webhook as Signer

from claps.plain.errors import Invalid
from claps.plain.tables import is_table_name
from claps.plain.webhook_limits import (
    PAUSES_SECONDS,
    REST_SECONDS_MOST,
    RETRY_AFTER_SECONDS_MOST,
    TABLES_PER_WEBHOOK,
)

EventType = Literal["post.published", "post.clapped", "post.commented", "person.followed", "table.changed"]
State = Literal["waiting", "delivered", "failed"]

# What can be told, and how it is called on the page.
EVENTS: dict[EventType, str] = {
    "post.published": "I publish a post",
    "post.clapped": "My posts get claps",
    "post.commented": "Somebody comments on my posts",
    "person.followed": "Somebody follows me",
    "table.changed": "A table changes",
}
PING = "ping"
TABLE_CHANGED = "table.changed"


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address of somebody's server, and what it is told.

    ``why_off`` says why it was turned off, empty while it is on, and for one that its owner has turned off.
    ``dropped`` events came while too many waited, and were not kept.
    """

    id: int
    owner_id: int
    url: str
    root: str
    events: tuple[str, ...]
    tables: tuple[str, ...]
    is_on: bool
    why_off: str
    failing_since: datetime | None
    dropped: int
    waiting: int
    old_secret_until: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on its way, or through: ``message`` is its name (``webhook-id``), whenever it is sent again.

    ``status`` and ``said_text`` are what the last try was answered; ``due_at`` is the next try while it waits, and at
    ``until_ms`` it is given up. In one ``lane`` there is one at a time.
    """

    id: int
    webhook_id: int
    message: str
    event: str
    body: str
    state: State
    tries: int
    created_at: datetime
    due_at: datetime
    until_ms: int
    tried_at: datetime | None
    took_ms: int
    status: int | None
    said_text: str
    lane: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A webhook as somebody has it in hand, until ``held_ms``; ``salts`` are of the secrets that are good."""

    id: int
    owner_id: int
    url: str
    root: str
    salts: tuple[str, ...]
    held_ms: int


class Told(NamedTuple):
    """To whom an event is told: a webhook of ``owner_id``, who knows this site as ``root``."""

    webhook_id: int
    owner_id: int
    root: str


class Answer(NamedTuple):
    """How one try went: with the status of an answer, or without one; ``said`` is for the owner.

    ``retry_after_seconds`` is what the receiver asked for.
    """

    status: int | None
    said: str
    took_ms: int = 0
    retry_after_seconds: int = 0

    @property
    def is_taken(self) -> bool:
        """The receiver has it."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """The receiver wants nothing more, ever: 410 says so in the Standard Webhooks."""
        return self.status == 410


def new_message_id() -> str:
    """Name a message; the receiver knows by it what it has got already."""
    return f"msg_{secrets.token_urlsafe(18)}"


def new_salt() -> str:
    """Begin a new secret."""
    return secrets.token_hex(16)


def secret_of(key: str, salt: str) -> str:
    """The secret of a webhook: made from the site's key, so that it is kept nowhere."""
    digest = hmac.new(key.encode(), f"webhook {salt}".encode(), hashlib.sha256).digest()
    return f"whsec_{base64.b64encode(digest).decode()}"


def signed_headers(whsecs: Iterable[str], message: str, body: str, *, at: datetime) -> dict[str, str]:
    """The headers of the Standard Webhooks: one signature for each secret that is good."""
    signatures = (Signer(whsec).sign(message, at, body) for whsec in whsecs)
    return {
        "webhook-id": message, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": " ".join(signatures)
    }


def next_try_ms(tries: int, *, until_ms: int, now_ms: int, spread: float = 1.0, asked_seconds: int = 0) -> int | None:
    """Say when to try again after ``tries`` tries; None when the time for it is over.

    :param until_ms: when it is given up.
    :param spread: by which the pause is longer or shorter, so that not all come back at once.
    :param asked_seconds: what the receiver has asked for.
    """
    if now_ms >= until_ms:
        return None
    pause = PAUSES_SECONDS[min(max(tries, 1), len(PAUSES_SECONDS)) - 1] * spread
    pause = max(pause, min(asked_seconds, RETRY_AFTER_SECONDS_MOST))
    # The last try is at the very end: nothing is given up early because the next pause would be longer.
    return min(now_ms + round(pause * 1000), until_ms)


def rest_ms(fails: int, *, now_ms: int) -> int:
    """Until when nothing else is tried at a webhook that failed so often in a row."""
    return now_ms + min(PAUSES_SECONDS[min(fails, len(PAUSES_SECONDS)) - 1], REST_SECONDS_MOST) * 1000


def check_events(events: Iterable[str], tables: Sequence[str]) -> tuple[str, ...]:
    """Return what a webhook is told, in the order of the list above.

    :raises Invalid: nothing, or something that is never told.
    """
    wanted = set(events)
    if not wanted or not wanted <= EVENTS.keys():
        raise Invalid("events", f"Tick at least one of these: {', '.join(EVENTS)}.")
    if (TABLE_CHANGED in wanted) != bool(tables):
        raise Invalid("tables", "Name the tables for “A table changes”, and tick it for tables that are named.")
    return tuple(event for event in EVENTS if event in wanted)


def read_tables(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names of tables, each once, in their order.

    :raises Invalid: no table can have that name, or they are too many.
    """
    found = tuple(sorted(set(names)))
    if len(found) > TABLES_PER_WEBHOOK:
        raise Invalid("tables", f"One webhook tells of {TABLES_PER_WEBHOOK} tables at most.")
    for name in found:
        if not is_table_name(name):
            raise Invalid("tables", f"There is no table “{name[:64]}”.")
    return found


def moment(at: datetime) -> str:
    """A moment as messages tell it."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def scopes_of(events: Iterable[str]) -> frozenset[str]:
    """What a token must be good for that has to do with these: tables, or what one's posts get."""
    return frozenset("tables" if event == TABLE_CHANGED else "stats" for event in events)


def moment_of(milliseconds: int) -> datetime:
    """A moment of Unix time as we pass it on."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def message_of(event: str, data: dict[str, Any], *, at: datetime) -> dict[str, Any]:
    """A message as the Standard Webhooks shape it."""
    return {"type": event, "timestamp": moment(at), "data": data}
