"""What posts said before they were changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from claps.plain.errors import NotFound
from claps.plain.writing import Piece
from claps.store.database import Database
from claps.store.revisions import get_revision, keep_revision, revisions_of

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
PIECE = Piece(12, 1, "On bells", "on-bells", ("bells", "bread"), "Ding. 🔔", 1, NOON, NOON, True)


def test_a_revision_is_kept_whole(database: Database) -> None:
    database.transact(lambda: keep_revision(PIECE))

    with database.reading():
        revision = get_revision(12, 1)

    assert (revision.title, revision.slug, revision.tags) == (PIECE.title, PIECE.slug, PIECE.tags)
    assert (revision.body, revision.at) == (PIECE.body, NOON)


def test_revisions_come_newest_first_page_by_page(database: Database) -> None:
    for number in (1, 2, 3):
        piece = replace(PIECE, revision=number, changed_at=NOON + timedelta(hours=number))
        database.transact(lambda piece=piece: keep_revision(piece))  # type: ignore[misc]

    with database.reading():
        first = revisions_of(12, limit=2)
        rest = revisions_of(12, before=first[-1].number, limit=2)

    assert [revision.number for revision in first + rest] == [3, 2, 1]
    assert {revision.body for revision in first} == {""}


def test_there_is_no_revision_of_what_was_never_changed(database: Database) -> None:
    with database.reading(), pytest.raises(NotFound):
        get_revision(12, 1)
