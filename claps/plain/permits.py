"""What people let programs do, and what programs show for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

# In the words of the page that asks for consent: "… may:".
SCOPES = {
    "read": "Read what you can read here: posts, comments, your feed, bookmarks and notifications, and mark these",
    "post": "Publish, change and withdraw posts, keep drafts and pictures, and comment, in your name",
    "clap": "Clap, like and bookmark in your name, and take it back",
    "follow": "Follow people in your name, and follow them no more",
    "tables": "Read and write your tables",
    "stats": "Read the counts of your posts and who reads them now",
}
# What a program may do that speaks for nobody, but only for itself.
SCOPES_OF_NOBODY = ("read",)


def join_scopes(scopes: Iterable[str]) -> str:
    """Write scopes as OAuth does, each once, in the order of the list above."""
    wanted = set(scopes)
    return " ".join(scope for scope in SCOPES if scope in wanted)


def split_scopes(text: str | None) -> frozenset[str]:
    """Read scopes as OAuth writes them."""
    return frozenset((text or "").split())


@dataclass(frozen=True, slots=True)
class Program:
    """An app that somebody has registered.

    ``client_id`` is the name it calls itself by, and no secret. One that cannot keep a secret, because everybody has
    a copy of it (a phone's, a page's), is not ``confidential`` and has none.
    """

    id: int
    client_id: str
    owner_id: int
    name: str
    redirect_uris: tuple[str, ...]
    scopes: str
    confidential: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Permit:
    """What somebody lets a program do. Without a program it is behind a token of one's own."""

    id: int
    name: str
    scopes: str
    created_at: datetime
    used_at: datetime | None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pass:
    """What the bearer of a token may do: for whom, through which program, until when.

    ``person_id`` is None for a program that speaks for nobody, ``app_id`` and ``client_id`` for a token of one's own.
    """

    permit_id: int
    person_id: int | None
    app_id: int | None
    client_id: str | None
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime | None
    kind: str = "access"


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person has agreed to, as a code stands for it until it is redeemed."""

    app_id: int
    person_id: int
    redirect_uri: str
    scopes: str
    challenge: str


@dataclass(frozen=True, slots=True)
class NewTokens:
    """Tokens that were just made, of which only digests are kept."""

    access: str
    access_scopes: str
    access_seconds: int
    refresh: str | None = None
