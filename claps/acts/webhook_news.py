"""What webhooks are told, written down in the transaction of what it tells of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from claps.live.messages import dump
from claps.plain.parcels import post_address
from claps.plain.people import Person
from claps.plain.posts import Post
from claps.plain.webhooks import EventType, message_of, moment
from claps.plain.writing import Piece
from claps.store.webhook_deliveries import add_delivery, is_full
from claps.store.webhook_turns import count_dropped, hold_those_told

# Of the site's address, what the message says.
Fields = dict[str, Any]
Make = Callable[[str], Fields]


def note_published(writer: Person, piece: Piece, summary_text: str) -> None:
    """Let a writer's webhooks be told of a new post; call last in the transaction that publishes it."""

    def make(root: str) -> Fields:
        more = {
            "person": person_fields(root, writer), "summary": summary_text, "tags": list(piece.tags),
            "published_at": moment(piece.published_at),
        }
        return {"post": post_fields(root, piece.id, piece.title, piece.slug) | more}

    _note(writer.id, "post.published", make)


def note_commented(post: Post, comment: Fields, person: Person) -> None:
    """Let a writer's webhooks be told of a comment; call last in the transaction that writes it.

    :param comment: as programs are told of it.
    """

    def make(root: str) -> Fields:
        told = {name: comment[name] for name in ("id", "parent", "html", "at")}
        place = f"{root}/posts/{post.id}#comment-{told['id']}"
        return {
            "post": post_fields(root, post.id, post.title, post.slug),
            "comment": {**told, "person": person_fields(root, person), "url": place},
        }

    _note(post.writer.id, "post.commented", make)


def note_followed(follower: Person, writer: Person, followers: int) -> None:
    """Let a writer's webhooks be told of a follower; call last in the transaction that counts the follow."""
    _note(
        writer.id, "person.followed",
        lambda root: {"person": person_fields(root, follower), "followers": followers},
    )


def post_fields(root: str, post_id: int, title: str | None, slug: str) -> Fields:
    """A post as messages name it."""
    return {"id": post_id, "title": title, "url": post_address(root, post_id, slug)}


def person_fields(root: str, person: Person) -> Fields:
    """A person as messages name them."""
    return {"name": person.name, "display_name": person.display_name, "url": f"{root}/@{person.name}"}


def _note(owner_id: int, event: EventType, make: Make) -> None:
    at = datetime.now(UTC)
    now_ms = int(at.timestamp() * 1000)
    for told in hold_those_told([owner_id], event, now_ms=now_ms):
        if is_full(told.webhook_id):
            count_dropped(told.webhook_id)
        else:
            add_delivery(told.webhook_id, event, dump(message_of(event, make(told.root), at=at)), now_ms=now_ms)
