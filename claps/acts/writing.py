"""Writing: drafts are opened, saved and thrown away, and looked at before anybody else sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from claps.acts.threads import in_thread
from claps.plain.errors import Conflict, NotFound, Refused
from claps.plain.limits import THROWN_DAYS
from claps.plain.people import Person
from claps.plain.prose import render_note_html, render_post_html
from claps.plain.writing import Draft, Piece, Seen, Writing, check_sizes, key_of, post_id_of
from claps.store import drafts, pieces
from claps.store.database import Database

PIECES_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the editor begins with. ``piece`` is the post that is changed, None for a new one."""

    key: str
    writing: Writing
    seen: Seen
    piece: Piece | None = None
    draft: Draft | None = None


@dataclass(frozen=True, slots=True)
class Papers:
    """All that somebody has written: drafts, what is published and what is withdrawn; of these two the newest fifty.

    ``thrown`` are drafts that can be put back.
    """

    drafts: list[Draft]
    published: list[Piece]
    withdrawn: list[Piece]
    thrown: list[Draft]

    @property
    def older_id(self) -> int | None:
        """Before which id there may be more; None when this is all."""
        full = [part for part in (self.published, self.withdrawn) if len(part) == PIECES_SHOWN]
        return max((part[-1].id for part in full), default=None)


def open_sheet(database: Database, writer: Person, key: str) -> Sheet:
    """Open a draft, or a post for changes; a key that was never used opens an empty sheet.

    The key of what is published meanwhile opens the post: the sheet then has another key.

    :raises NotFound: it is no key, or of no post.
    :raises Refused: somebody else wrote the post.
    """
    with database.reading():
        piece = find_own_piece(writer, key)
        key = key if piece is None else key_of(piece.id)
        draft = drafts.find_draft(writer.id, key)
    if draft is not None:
        return Sheet(key, draft.writing, draft.seen, piece, draft)
    if piece is not None:
        return Sheet(key, piece.writing, Seen(piece.revision), piece)
    return Sheet(key, Writing(), Seen())


def find_own_piece(writer: Person, key: str) -> Piece | None:
    """Find the post that a draft changes, or has become; call while a connection is held.

    :raises NotFound: it is no key, or of no post.
    :raises Refused: somebody else wrote the post.
    """
    post_id = post_id_of(key)
    if post_id is None:
        return pieces.find_piece_of(writer.id, key)
    return check_own(pieces.get_piece(post_id), writer)


def check_own(piece: Piece, writer: Person) -> Piece:
    """Return a post to the one who wrote it.

    :raises NotFound: it is withdrawn, and nobody else's business.
    :raises Refused: somebody else wrote it.
    """
    if piece.writer_id == writer.id:
        return piece
    if not piece.is_published:
        raise NotFound("There is no such post.")
    raise Refused("Only who wrote it can change it.")


def save_draft(database: Database, writer: Person, key: str, writing: Writing, *, seen: Seen, tab: str) -> Seen:
    """Save a draft as it is, whole or not.

    :param seen: what the page began with.
    :param tab: tells pages apart: a page always saves over what it saved itself.
    :raises Invalid: a field is longer than it may be.
    :raises Conflict: another page saved or published it meanwhile; nothing was written.
    """
    check_sizes(writing)
    at = datetime.now(UTC)

    def work() -> Seen:
        piece = find_own_piece(writer, key)
        draft = drafts.find_draft(writer.id, key)
        # A page that was left may save once more on its way out: that is no new draft.
        if piece is not None and draft is None and seen.revision != piece.revision:
            raise Conflict("This is published meanwhile. Look at it before you change it again.")
        if draft is None and (writing.is_blank or piece is not None and piece.writing == writing):
            return seen
        post_id = None if piece is None else piece.id
        return drafts.put_draft(writer.id, key, writing, post_id=post_id, seen=seen, tab=tab, at=at)

    return database.transact(work)


def discard_draft(database: Database, writer: Person, key: str) -> None:
    """Throw a draft away; what is published stays as it is. It can be put back for thirty days."""
    post_id_of(key)
    now = datetime.now(UTC)
    database.transact(lambda: drafts.throw_draft(writer.id, key, at=now, forget=now - timedelta(days=THROWN_DAYS)))


def put_back_draft(database: Database, writer: Person, key: str) -> None:
    """Let what was thrown away be a draft again, as it was.

    :raises Conflict: there are too many drafts.
    """
    post_id_of(key)
    database.transact(lambda: drafts.put_back_draft(writer.id, key))


def preview(writing: Writing, *, is_note: bool) -> str:
    """Render what is written as its readers would see it.

    :raises Invalid: a field is longer than it may be.
    """
    check_sizes(writing)
    return in_thread(render_note_html if is_note else render_post_html, writing.body)


def papers_of(database: Database, writer: Person, *, before_id: int | None = None) -> Papers:
    """Read what somebody has written.

    :param before_id: of the last published or withdrawn post already seen; None to begin.
    """
    with database.reading():
        published, withdrawn = (
            pieces.pieces_of(writer.id, published=state, before_id=before_id, limit=PIECES_SHOWN)
            for state in (True, False)
        )
        thrown = drafts.drafts_thrown(writer.id, since=datetime.now(UTC) - timedelta(days=THROWN_DAYS))
        return Papers(drafts.drafts_of(writer.id), published, withdrawn, thrown)
