"""Commenting: persisted first, told after."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from claps.hot.ledger import Ledger
from claps.plain.changes import Change
from claps.plain.errors import Invalid, Unavailable
from claps.plain.limits import COMMENT_LENGTH
from claps.plain.people import Person
from claps.plain.posts import Post
from claps.plain.prose import render_comment_html
from claps.store.comments import add_comment
from claps.store.database import Database

log = logging.getLogger(__name__)


def comment(database: Database, ledger: Ledger, person: Person, post: Post, *, body: str) -> None:
    """Write a comment under a post; the number of comments moves for everybody who looks.

    :raises Invalid: the text is empty or too long.
    :raises Unavailable: SQL does not answer; nothing was written.
    """
    body = body.strip()
    if not body or len(body) > COMMENT_LENGTH:
        raise Invalid("body", f"A comment has 1 to {COMMENT_LENGTH:,} characters.")
    body_html = render_comment_html(body)
    count, offset = database.transact(
        lambda: add_comment(post.id, person.id, body, body_html, created_at=datetime.now(UTC))
    )
    try:
        ledger.take(Change("comments", post.id, str(offset), count))
    except Unavailable as error:
        # It is in SQL, which is what counts; the live number is corrected with the tally's next warming.
        log.warning("a comment's count was not told: %s", error.message)
