"""Commenting, and what one can do with a comment: persisted first, told after."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from claps.acts.counting import promise_count, tell_count
from claps.acts.errands import Errands
from claps.acts.logs import Publish, StoredLog, tell_quietly
from claps.acts.webhook_news import note_commented
from claps.hot.ledger import Ledger
from claps.plain.errors import Invalid, NotFound, Refused, Unavailable
from claps.plain.limits import COMMENT_LENGTH
from claps.plain.people import Person, Reader
from claps.plain.posts import Comment, Post
from claps.plain.prose import render_comment_html
from claps.plain.topics import Topic, comments_topic
from claps.plain.versions import Version
from claps.store import comments
from claps.store.database import Database
from claps.store.errands import add_errand
from claps.store.logs import Told

log = logging.getLogger(__name__)


class CommentsSource(StoredLog):
    """The log of a post's comments: it keeps which one changed, and is read together with what it says now."""

    def decode(self, topic: Topic, told: Sequence[Told]) -> Iterable[dict[str, Any]]:
        """Tell each comment as it is now; one that is gone by now is told as gone."""
        pairs = [(int(number), why) for number, _, why in (event.body.partition(" ") for event in told)]
        found = comments.find_comments(number for number, _ in pairs)
        return [comment_event(number, found.get(number), why) for number, why in pairs]


def comment_event(comment_id: int, found: Comment | None, why: str) -> dict[str, Any]:
    """A comment as programs are told of it; ``why``: written, edited, liked, or restored."""
    if found is None or found.is_removed:
        return {"op": "remove", "id": comment_id}
    return {
        "op": "put", "why": why, "id": comment_id, "post": found.post_id, "parent": found.parent_id,
        "person": {"name": found.person.name, "display_name": found.person.display_name},
        "html": found.body_html, "likes": found.likes, "edited": found.is_edited,
        "at": found.created_at.isoformat().replace("+00:00", "Z"),
    }


@dataclass(frozen=True, slots=True)
class Talk:
    """Everything that acts on comments need."""

    database: Database
    ledger: Ledger
    publish: Publish
    errands: Errands

    def tell(self, post_id: int, version: Version | None) -> None:
        """Tell everybody who looks how far a post's comments have come; call after the commit."""
        if version is None:
            return
        self.errands.stir()
        tell_comments(self.database, self.ledger, self.publish, post_id, version)


def tell_comments(database: Database, ledger: Ledger, publish: Publish, post_id: int, version: Version) -> None:
    """Tell everybody who looks how far a post's comments have come, and how many there are."""
    tell_quietly(publish, comments_topic(post_id), version)
    try:
        tell_count(database, ledger, post_id)
    except Unavailable as error:
        log.info("a number of comments was not told yet: %s", error.message)


def comment(talk: Talk, person: Person, post: Post, *, body: str, parent_id: int | None = None) -> Comment:
    """Write a comment under a post, or in answer to one of its comments; everybody who looks is told.

    The same words sent twice within ten minutes are one comment.

    :raises Invalid: the text is empty or too long.
    :raises Refused: comments are closed.
    :raises NotFound: the post was withdrawn, or the comment that is answered is gone.
    :raises Unavailable: SQL does not answer; nothing was written.
    """
    body, body_html = _read(body)

    def write() -> tuple[Comment, Version | None]:
        added, version = comments.add_comment(
            post.id, person.id, body, body_html, created_at=datetime.now(UTC), parent_id=parent_id
        )
        if version is not None:
            _promise_notice(_said(added), added, person.id)
            promise_count(post.id)
            note_commented(post, comment_event(added.id, added, "written"), person)
        return added, version

    added, version = talk.database.transact(write)
    talk.tell(post.id, version)
    return added


def find_comment(database: Database, comment_id: int) -> Comment:
    """Read one comment.

    :raises NotFound: there is none with this id.
    """
    with database.reading():
        found = comments.find_comments([comment_id]).get(comment_id)
    if found is None:
        raise NotFound("There is no such comment.")
    return found


def comments_of(database: Database, post_id: int, *, after_id: int, limit: int) -> list[Comment]:
    """Read a post's comments, oldest first, behind ``after_id``; those that were taken away are without their words."""
    with database.reading():
        return comments.comments_of(post_id, after_id, limit=limit)


def get_markdown(database: Database, found: Comment) -> tuple[str, str]:
    """Read what a comment's writer had typed, and before it was changed last; empty when it never was."""
    with database.reading():
        return comments.get_bodies(found.id)


def does_like(database: Database, reader: Reader, found: Comment) -> bool:
    """Tell whether a reader likes a comment."""
    with database.reading():
        return comments.likes_comment(found.id, reader.id)


def edit_comment(talk: Talk, person: Person, found: Comment, *, body: str) -> None:
    """Change the words of one's own comment; what it said is kept, and is put back by changing it to that.

    :raises Refused: it is another one's.
    :raises NotFound: it was taken away.
    """
    if found.person.id != person.id:
        raise Refused("Only who wrote a comment can change it.")
    if found.is_removed:
        raise NotFound("This comment was taken away.")
    body, body_html = _read(body)
    version = talk.database.transact(
        lambda: comments.change_comment(found.id, body, body_html, edited_at=datetime.now(UTC))
    )
    talk.tell(found.post_id, version)


def remove_comment(talk: Talk, person: Person, post: Post, found: Comment) -> None:
    """Take a comment away: one's own, or any under one's own post.

    :raises Refused: it is another one's, under another one's post.
    """
    if person.id not in (found.person.id, post.writer.id):
        raise Refused("Only who wrote a comment, or the post above it, can take it away.")
    talk.tell(post.id, talk.database.transact(lambda: _set_removed(person, found, person.id)))


def restore_comment(talk: Talk, person: Person, found: Comment) -> None:
    """Put back a comment that one has taken away oneself.

    :raises Refused: somebody else has.
    """
    if found.removed_by not in (None, person.id):
        raise Refused("Only who took a comment away can put it back.")
    talk.tell(found.post_id, talk.database.transact(lambda: _set_removed(person, found, None)))


def like_comment(talk: Talk, reader: Reader, found: Comment, *, liked: bool) -> None:
    """Like a comment, or not any more; doing it twice is doing it once.

    :raises Refused: the reader wrote it.
    :raises NotFound: it was taken away.
    """
    if reader.id == found.person.id:
        raise Refused("You wrote this: others like it.")

    def work() -> Version | None:
        version = comments.set_like(found.id, reader.id, liked=liked)
        if version is not None:
            _promise_notice("liked", found, reader.id)
        return version

    talk.tell(found.post_id, talk.database.transact(work))


def close_comments(database: Database, person: Person, post: Post, *, closed: bool) -> None:
    """Close the comments under one's own post, or open them again.

    :raises Refused: it is another one's post.
    """
    if person.id != post.writer.id:
        raise Refused("Only who wrote a post can close its comments.")
    database.transact(lambda: comments.set_closed(post.id, closed=closed))


def _set_removed(person: Person, found: Comment, removed_by: int | None) -> Version | None:
    version = comments.set_removed(found.id, removed_by)
    if version is not None:
        # Who was told of it is told what is left.
        _promise_notice(_said(found), found, person.id)
        promise_count(found.post_id)
    return version


def _said(one: Comment) -> str:
    return "commented" if one.parent_id is None else "replied"


def _promise_notice(what: str, one: Comment, actor_id: int) -> None:
    add_errand("notify", {"what": what, "post_id": one.post_id, "comment_id": one.id, "actor_id": actor_id})


def _read(body: str) -> tuple[str, str]:
    body = body.replace("\r\n", "\n").strip()
    if not body or len(body) > COMMENT_LENGTH:
        raise Invalid("body", f"A comment has 1 to {COMMENT_LENGTH:,} characters.")
    return body, render_comment_html(body)
