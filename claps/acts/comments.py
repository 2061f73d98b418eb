"""Commenting: persisted first, told after."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from claps.acts.logs import Publish, StoredLog, tell_quietly
from claps.hot.ledger import Ledger
from claps.plain.changes import Change
from claps.plain.errors import Invalid, Unavailable
from claps.plain.limits import COMMENT_LENGTH
from claps.plain.people import Person
from claps.plain.posts import Comment, Post
from claps.plain.prose import render_comment_html
from claps.plain.topics import Topic, comments_topic
from claps.store.comments import add_comment, find_comments
from claps.store.database import Database
from claps.store.logs import Told

log = logging.getLogger(__name__)


class CommentsSource(StoredLog):
    """The log of a post's comments: it keeps which one came or went, and is read together with what it says now."""

    def decode(self, topic: Topic, told: Sequence[Told]) -> Iterable[dict[str, Any]]:
        """Tell each comment as it is now; one that is gone by now is told as gone."""
        found = find_comments([int(event.body) for event in told])
        return [_event(int(event.body), found.get(int(event.body))) for event in told]


def _event(comment_id: int, comment: Comment | None) -> dict[str, Any]:
    if comment is None:
        return {"op": "remove", "id": comment_id}
    person = {"name": comment.person.name, "display_name": comment.person.display_name}
    return {
        "op": "put", "id": comment_id, "person": person, "html": comment.body_html,
        "at": comment.created_at.isoformat().replace("+00:00", "Z"),
    }


def comment(
    database: Database, ledger: Ledger, publish: Publish, person: Person, post: Post, *, body: str
) -> None:
    """Write a comment under a post; everybody who looks is told.

    :raises Invalid: the text is empty or too long.
    :raises Unavailable: SQL does not answer; nothing was written.
    """
    body = body.strip()
    if not body or len(body) > COMMENT_LENGTH:
        raise Invalid("body", f"A comment has 1 to {COMMENT_LENGTH:,} characters.")
    body_html = render_comment_html(body)
    count, version = database.transact(
        lambda: add_comment(post.id, person.id, body, body_html, created_at=datetime.now(UTC))
    )
    tell_quietly(publish, comments_topic(post.id), version)
    try:
        ledger.take(Change("comments", post.id, str(version.offset), count))
    except Unavailable as error:
        # It is in SQL, which is what counts; the live number is corrected with the tally's next warming.
        log.warning("a comment's count was not told: %s", error.message)
