"""Who clapped: people with what each gave, guests together, and for the writer alone."""

from __future__ import annotations

import pytest

from claps.acts.clappers import who_clapped
from claps.acts.flush import flush_all
from claps.app import Core
from claps.plain.changes import Change
from claps.plain.errors import Refused
from claps.plain.people import GUEST_ID_LEAST, Person
from claps.plain.posts import Post
from tests.parts.inside import write_person


def test_people_are_named_and_guests_counted(
    core: Core, article: Post, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.acts.clappers.PEOPLE_SHOWN", 1)
    cyd, zoe = write_person(core, "cyd"), write_person(core, "zoe")
    for who, claps in ((ben.id, 8), (cyd.id, 50), (zoe.id, 1), (GUEST_ID_LEAST, 5), (GUEST_ID_LEAST + 1, 6)):
        core.ledger.take(Change("clap", article.id, str(who), claps))
    core.ledger.take(Change("hold", article.id, str(zoe.id), 0))
    flush_all(core.database, core.journal)

    first = who_clapped(core.database, article.writer, article)
    second = who_clapped(core.database, article.writer, article, after_id=first.next_after_id or 0)

    assert (first.rows, second.rows) == (((ben, 8),), ((cyd, 50),))
    assert (first.guests, first.guest_claps, second.next_after_id) == (2, 11, None)


def test_others_do_not_see_it(core: Core, article: Post, ben: Person) -> None:
    with pytest.raises(Refused):
        who_clapped(core.database, ben, article)
