"""Writing: what is typed is kept, and is nobody else's."""

from __future__ import annotations

from datetime import datetime

import pytest

from claps.acts.errands import Errands
from claps.acts.publishing import Press, publish, withdraw
from claps.acts.writing import discard_draft, open_sheet, papers_of, preview, put_back_draft, save_draft
from claps.app import Core
from claps.plain.errors import Conflict, Invalid, NotFound, Refused
from claps.plain.people import Person
from claps.plain.posts import Post
from claps.plain.writing import Seen, Writing, key_of, new_key
from claps.store.drafts import Draft
from tests.parts.inside import ON_SQLITE

BELLS = Writing("On bells", "", "bells", "Ding.")


@pytest.fixture
def press(core: Core) -> Press:
    """What publishes."""
    return Press(core.database, Errands(core.database, {}), changed=lambda post_id: None)


def save(
    core: Core, writer: Person, key: str, writing: Writing, *, seen: Seen | None = None, tab: str = "one"
) -> Seen:
    return save_draft(core.database, writer, key, writing, seen=seen or Seen(), tab=tab)


@ON_SQLITE
def test_a_key_opens_an_empty_sheet_until_something_is_saved(core: Core, ada: Person) -> None:
    key = new_key()
    assert open_sheet(core.database, ada, key).writing.is_blank

    save(core, ada, key, Writing())
    assert papers_of(core.database, ada).drafts == []
    seen = save(core, ada, key, BELLS)

    sheet = open_sheet(core.database, ada, key)
    assert (sheet.writing, sheet.seen, sheet.piece) == (BELLS, seen, None)
    assert [draft.key for draft in papers_of(core.database, ada).drafts] == [key]


@ON_SQLITE
@pytest.mark.parametrize("key", ["", "x", "note", "post-0", "post-x", "../x", "0123456789ABCDEF", "post-" + "9" * 30])
def test_what_is_no_key_opens_nothing(core: Core, ada: Person, key: str) -> None:
    with pytest.raises(NotFound):
        open_sheet(core.database, ada, key)


@ON_SQLITE
def test_what_is_taken_out_again_is_saved_as_well(core: Core, ada: Person) -> None:
    key = new_key()
    save(core, ada, key, BELLS)

    save(core, ada, key, Writing())

    assert open_sheet(core.database, ada, key).writing == Writing()


@ON_SQLITE
def test_a_post_is_opened_with_what_it_says_and_then_with_what_was_saved(
    core: Core, ada: Person, article: Post
) -> None:
    key = key_of(article.id)
    sheet = open_sheet(core.database, ada, key)
    assert (sheet.writing, sheet.seen) == (Writing("On bells", "on-bells", "", "Ding."), Seen(1, 0))

    save(core, ada, key, sheet.writing, seen=sheet.seen)
    assert papers_of(core.database, ada).drafts == []
    save(core, ada, key, Writing("On bells", "on-bells", "", "Dong."), seen=sheet.seen)

    assert open_sheet(core.database, ada, key).writing.body == "Dong."


@ON_SQLITE
def test_nobody_opens_or_saves_anothers_post(core: Core, press: Press, ada: Person, ben: Person, article: Post) -> None:
    key = key_of(article.id)

    with pytest.raises(Refused):
        open_sheet(core.database, ben, key)
    with pytest.raises(Refused):
        save(core, ben, key, BELLS, seen=Seen(1, 0))
    withdraw(press, ada, article.id)
    with pytest.raises(NotFound):
        open_sheet(core.database, ben, key)

    assert papers_of(core.database, ben).drafts == []


@ON_SQLITE
def test_a_page_that_was_left_begins_no_new_draft_after_publishing(core: Core, press: Press, ada: Person) -> None:
    key = new_key()
    save(core, ada, key, BELLS)
    piece = publish(press, ada, key, BELLS, seen=Seen())

    with pytest.raises(Conflict):
        save(core, ada, key, BELLS)

    assert papers_of(core.database, ada).drafts == []
    assert open_sheet(core.database, ada, key).key == key_of(piece.id)


@ON_SQLITE
def test_a_draft_is_thrown_away(core: Core, ada: Person) -> None:
    key = new_key()
    save(core, ada, key, BELLS)

    for _ in range(2):
        discard_draft(core.database, ada, key)

    assert open_sheet(core.database, ada, key).writing.is_blank
    assert [draft.key for draft in papers_of(core.database, ada).thrown] == [key]


def test_what_was_thrown_away_is_put_back_as_it_was(core: Core, ada: Person, ben: Person) -> None:
    key = new_key()
    save(core, ada, key, BELLS)
    discard_draft(core.database, ada, key)

    put_back_draft(core.database, ben, key)
    assert open_sheet(core.database, ada, key).draft is None
    for _ in range(2):
        put_back_draft(core.database, ada, key)

    papers = papers_of(core.database, ada)
    assert (open_sheet(core.database, ada, key).writing, papers.thrown, len(papers.drafts)) == (BELLS, [], 1)


def test_what_was_thrown_away_long_ago_is_gone_with_the_next(core: Core, ada: Person) -> None:
    first, second = new_key(), new_key()
    for key in (first, second):
        save(core, ada, key, BELLS)
    discard_draft(core.database, ada, first)
    long_ago = datetime(2020, 1, 1)
    core.database.transact(lambda: Draft.update(thrown_at=long_ago).where(Draft.key == first).execute())
    assert papers_of(core.database, ada).thrown == []

    discard_draft(core.database, ada, second)

    with core.database.reading():
        assert [row.key for row in Draft.select()] == [second]


@ON_SQLITE
def test_no_draft_is_put_back_where_there_are_too_many(
    core: Core, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.store.drafts.DRAFTS_PER_PERSON", 1)
    first, second = new_key(), new_key()
    save(core, ada, first, BELLS)
    discard_draft(core.database, ada, first)
    save(core, ada, second, BELLS)

    with pytest.raises(Conflict):
        put_back_draft(core.database, ada, first)


@ON_SQLITE
def test_a_page_that_was_left_open_writes_on_over_what_was_thrown_away(core: Core, ada: Person) -> None:
    key = new_key()
    save(core, ada, key, BELLS)
    discard_draft(core.database, ada, key)

    save_draft(core.database, ada, key, Writing(body="More."), seen=Seen(), tab="another")

    assert open_sheet(core.database, ada, key).writing.body == "More."


def test_a_preview_shows_it_as_readers_will_see_it() -> None:
    assert preview(Writing(body="# A\n\n<b>"), is_note=False) == "<h2>A</h2>\n<p>&lt;b&gt;</p>\n"
    assert 'href="/tags/bells"' in preview(Writing(body="#bells"), is_note=True)
    with pytest.raises(Invalid):
        preview(Writing(body="x" * 100_001), is_note=False)
