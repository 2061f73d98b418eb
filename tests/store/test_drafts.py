"""Drafts: saved over and over, and never over what another page has saved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from claps.plain.errors import Conflict
from claps.plain.limits import DRAFTS_PER_PERSON
from claps.plain.writing import Seen, Writing
from claps.store.bulk import add_rows
from claps.store.database import Database
from claps.store.drafts import BODY_SHOWN, count_drafts, drafts_of, drop_draft, find_draft, put_draft

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ADA, BEN = 1, 2
KEY = "0123456789abcdef"


def save(
    database: Database, body: str, *, key: str = KEY, tab: str = "one", seen: Seen | None = None, minute: int = 0
) -> Seen:
    """Save one of Ada's drafts."""
    text = Writing("On bells", "", "bells", body)
    at = NOON + timedelta(minutes=minute)
    return database.transact(lambda: put_draft(ADA, key, text, post_id=None, seen=seen or Seen(), tab=tab, at=at))


def body_of(database: Database, *, writer_id: int = ADA) -> str | None:
    """What the draft says."""
    with database.reading():
        draft = find_draft(writer_id, KEY)
    return None if draft is None else draft.writing.body


def test_a_draft_is_kept_and_saved_over_by_its_own_page(database: Database) -> None:
    first, second = save(database, "Ding."), save(database, "Ding dong. 🔔")

    with database.reading():
        draft = find_draft(ADA, KEY)
        assert draft is not None and count_drafts(ADA) == 1
    assert (first, second, draft.seen) == (Seen(0, 1), Seen(0, 2), Seen(0, 2))
    assert (draft.writing, draft.saved_at) == (Writing("On bells", "", "bells", "Ding dong. 🔔"), NOON)


def test_another_page_saves_only_over_what_it_began_with(database: Database) -> None:
    seen = save(database, "One.")
    save(database, "Two.", tab="other", seen=seen)

    with pytest.raises(Conflict):
        save(database, "Three.", tab="one", seen=seen)

    assert body_of(database) == "Two."


def test_a_key_is_its_writers_own(database: Database) -> None:
    save(database, "Mine.")

    assert body_of(database, writer_id=BEN) is None
    database.transact(lambda: drop_draft(BEN, KEY))
    assert body_of(database) == "Mine."


def test_drafts_are_listed_by_when_they_were_saved_with_the_beginnings_of_their_texts(database: Database) -> None:
    save(database, "Old.", key="a")
    save(database, "é" * 60_000, key="b", minute=2)
    save(database, "Middle.", key="c", minute=1)

    with database.reading():
        drafts = drafts_of(ADA)

    assert [draft.key for draft in drafts] == ["b", "c", "a"]
    assert [draft.writing.body for draft in drafts] == ["é" * BODY_SHOWN, "Middle.", "Old."]


def test_a_long_text_is_kept_whole(database: Database) -> None:
    save(database, "字" * 100_000)

    assert body_of(database) == "字" * 100_000


def test_there_is_an_end_to_drafts(database: Database) -> None:
    columns = ("writer_id", "`key`", "title", "slug", "tags", "body", "version", "base", "tab", "saved_at")
    rows = [(ADA, f"{n}", "", "", "", "x", 1, 0, "one", "2026-11-21 12:00:00") for n in range(DRAFTS_PER_PERSON)]
    database.transact(lambda: add_rows("draft", columns, rows))

    with pytest.raises(Conflict):
        save(database, "One more.")
    save(database, "Changed.", key="7")

    with database.reading():
        assert count_drafts(ADA) == DRAFTS_PER_PERSON
