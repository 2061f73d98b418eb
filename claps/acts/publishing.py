"""Publishing: new posts, changes to them, withdrawing them and bringing them back; told after it is committed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from claps.acts.errands import Errands
from claps.acts.threads import in_thread
from claps.acts.webhook_news import note_published
from claps.acts.writing import check_own
from claps.plain.errors import Conflict, Invalid, NotFound
from claps.plain.people import Person
from claps.plain.prose import (
    count_words,
    make_slug,
    render_note_html,
    render_post_html,
    summarise,
    summarise_note,
    tags_in,
)
from claps.plain.tags import check_count, read_tags
from claps.plain.writing import Piece, Revision, Seen, Writing, check_article, check_note, key_of, post_id_of
from claps.store import drafts, pieces, revisions
from claps.store.database import Database
from claps.store.errands import add_errand

REVISIONS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Press:
    """Everything that publishing needs.

    :ivar changed: is told which post differs from its kept copies, after the commit.
    """

    database: Database
    errands: Errands
    changed: Callable[[int], None]


@dataclass(frozen=True, slots=True)
class _Print:
    """What is published: the post's columns, and its tags."""

    fields: dict[str, Any]
    tags: tuple[str, ...]

    def is_of(self, piece: Piece) -> bool:
        """True when a post says just this."""
        told = (piece.title, piece.slug, piece.body, set(piece.tags))
        return told == (*(self.fields[name] for name in ("title", "slug", "body")), set(self.tags))


def publish(press: Press, writer: Person, key: str, writing: Writing, *, seen: Seen) -> Piece:
    """Publish a draft: as a new article, or as a change to a post, which is brought back if it was withdrawn.

    Sent twice, it is published once: a new post keeps the key of its draft, and a change that says the same is none.

    :param seen: what the page began with.
    :raises Invalid: a field is missing or wrong.
    :raises Conflict: the post was changed meanwhile; nothing was written.
    :raises Refused: somebody else wrote the post.
    """
    post_id = post_id_of(key)
    if post_id is None:
        return _publish_new(press, writer, key, _print_article(writing))
    return change(press, writer, post_id, writing, seen=seen)


def publish_note(press: Press, writer: Person, key: str, body: str) -> Piece:
    """Publish a note; sent twice with the same key, it is published once.

    With other words it is another note: the page that its form stands on is kept, so two windows may have one key.

    :raises Invalid: it is empty, too long, or has too many tags.
    :raises Conflict: it was published with this key, and changed since.
    :raises NotFound: the key is none for something new.
    """
    if post_id_of(key) is not None:
        raise NotFound("A note is changed at an address of its own.")
    wanted = _print_note(Writing(body=body))
    words = hashlib.sha256(str(wanted.fields["body"]).encode()).hexdigest()[:16]
    return _publish_new(press, writer, f"{key}-{words}", wanted)


def change(press: Press, writer: Person, post_id: int, writing: Writing, *, seen: Seen) -> Piece:
    """Change a post; what it said is kept as a revision.

    :raises Invalid: a field is missing or wrong.
    :raises Conflict: the post was changed meanwhile.
    :raises NotFound: there is no such post.
    :raises Refused: somebody else wrote it.
    """
    with press.database.reading():
        is_note = check_own(pieces.get_piece(post_id), writer).is_note
    wanted = _print_note(writing) if is_note else _print_article(writing)

    def work() -> Piece:
        piece = check_own(pieces.lock_piece(post_id), writer)
        if not wanted.is_of(piece):
            if seen.revision != piece.revision:
                raise Conflict("This was changed in another window meanwhile. Publish again to keep what you see here.")
            piece = _rewrite(piece, wanted)
        if not piece.is_published:
            pieces.show_piece(piece)
        drafts.drop_draft(writer.id, key_of(post_id))
        return pieces.get_piece(post_id)

    return _commit(press, work)


def withdraw(press: Press, writer: Person, post_id: int) -> Piece:
    """Take a post from sight; what belongs to it stays.

    :raises NotFound: there is no such post.
    :raises Refused: somebody else wrote it.
    """

    def work() -> Piece:
        piece = check_own(pieces.lock_piece(post_id), writer)
        if piece.is_published:
            pieces.hide_piece(piece)
        return piece

    return _commit(press, work)


def publish_again(press: Press, writer: Person, post_id: int) -> Piece:
    """Bring a withdrawn post back to its old place; nobody is told a second time.

    :raises NotFound: there is no such post.
    :raises Refused: somebody else wrote it.
    """

    def work() -> Piece:
        piece = check_own(pieces.lock_piece(post_id), writer)
        if not piece.is_published:
            pieces.show_piece(piece)
        return piece

    return _commit(press, work)


def restore(press: Press, writer: Person, post_id: int, number: int) -> Piece:
    """Let a post say again what it once said; what it says now is kept as a revision.

    :raises NotFound: there is no such post or revision.
    :raises Refused: somebody else wrote it.
    """
    with press.database.reading():
        piece = check_own(pieces.get_piece(post_id), writer)
        old = revisions.get_revision(post_id, number)
    writing = Writing(old.title or "", old.slug, " ".join(old.tags), old.body)
    wanted = _print_note(writing) if piece.is_note else _print_article(writing)

    def work() -> Piece:
        found = check_own(pieces.lock_piece(post_id), writer)
        return found if wanted.is_of(found) else _rewrite(found, wanted)

    return _commit(press, work)


def revisions_of(database: Database, writer: Person, post_id: int) -> tuple[Piece, list[Revision]]:
    """Read a post and what it was before, newest first, at most fifty times.

    :raises NotFound: there is no such post.
    :raises Refused: somebody else wrote it.
    """
    with database.reading():
        piece = check_own(pieces.get_piece(post_id), writer)
        return piece, revisions.revisions_of(post_id, limit=REVISIONS_SHOWN)


def get_revision(database: Database, writer: Person, post_id: int, number: int) -> Revision:
    """Read what a post was at one revision.

    :raises NotFound: there is no such post or revision.
    :raises Refused: somebody else wrote it.
    """
    with database.reading():
        check_own(pieces.get_piece(post_id), writer)
        return revisions.get_revision(post_id, number)


def _publish_new(press: Press, writer: Person, key: str, wanted: _Print) -> Piece:
    def work() -> Piece:
        row = {"writer_id": writer.id, "draft_key": key, "published_at": datetime.now(UTC), **wanted.fields}
        piece, is_new = pieces.add_piece(row, wanted.tags)
        if not is_new and not wanted.is_of(piece):
            raise Conflict("This is published already. What you have changed since can be published as a change to it.")
        drafts.drop_draft(writer.id, key)
        if is_new:
            told = {"what": "published", "post_id": piece.id, "writer_id": writer.id, "actor_id": writer.id}
            for kind in ("feed", "notify"):
                add_errand(kind, told)
            note_published(writer, piece, str(wanted.fields["summary"]))
        return piece

    return _commit(press, work)


def _rewrite(piece: Piece, wanted: _Print) -> Piece:
    revisions.keep_revision(piece)
    pieces.rewrite_piece(piece, wanted.fields, tags=wanted.tags, at=datetime.now(UTC))
    return pieces.get_piece(piece.id)


def _commit(press: Press, work: Callable[[], Piece]) -> Piece:
    piece = press.database.transact(work)
    press.changed(piece.id)
    press.errands.stir()
    return piece


def _print_article(writing: Writing) -> _Print:
    check_article(writing)
    tags = read_tags(writing.tags)
    body_html = in_thread(render_post_html, writing.body)
    slug = make_slug(writing.slug or writing.title)
    return _print(writing.body, body_html, summarise(body_html), tags, title=writing.title, slug=slug)


def _print_note(writing: Writing) -> _Print:
    body = check_note(writing).body.strip()
    body_html = in_thread(render_note_html, body)
    return _print(body, body_html, summarise_note(body_html), check_count("body", tags_in(body)), title=None, slug="")


def _print(body: str, body_html: str, summary: str, tags: tuple[str, ...], **more: str | None) -> _Print:
    if not summary and "<img" not in body_html:
        raise Invalid("body", "There is nothing in this that could be read.")
    fields = {"body": body, "body_html": body_html, "summary": summary or "A picture", "words": count_words(body)}
    return _Print({**fields, **more}, tags)
