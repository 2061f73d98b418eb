"""Who gave what in which minute, for half an hour, on both databases."""

from __future__ import annotations

import pytest

from claps.app import Core
from claps.plain.people import Person
from claps.plain.posts import Post
from claps.store.figures import now_minute
from claps.store.reactions import Given, Reaction, add_reactions, drop_old_reactions, reactions_to


def test_what_one_gives_in_a_minute_is_added_up_and_taken_back(core: Core, article: Post, ben: Person) -> None:
    now = now_minute()
    for amount in (3, 4):
        core.database.transact(lambda: add_reactions([Given(article.id, now, 0, ben.id, amount)]))  # noqa: B023
    for amount in (1, -1):
        core.database.transact(lambda: add_reactions([Given(article.id, now, 1, ben.id, amount)]))  # noqa: B023

    with core.database.reading():
        found = reactions_to([article.id], since=now, limit=9)

    assert [(one.kind, one.count, one.name, one.key) for one in found] == [
        ("claps", 7, "ben", (now, article.id, "claps")),
    ]


def test_what_is_older_than_half_an_hour_goes_in_steps(
    core: Core, article: Post, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.store.reactions.REACTIONS_SWEPT", 2)
    now = now_minute()
    rows = [Given(article.id, now - ago, 0, ben.id, 1) for ago in (0, 29, 31, 32, 33)]
    core.database.transact(lambda: add_reactions(rows))

    gone = [core.database.transact(drop_old_reactions) for _ in range(3)]

    with core.database.reading():
        kept = sorted(now - row.minute for row in Reaction.select())
    assert (gone, kept) == ([2, 1, 0], [0, 29])
