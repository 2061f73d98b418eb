"""What the flush notes for those who tell: bounded, and taken by one of them."""

from __future__ import annotations

import gevent
import pytest

from claps.app import Core
from claps.store.stirred import NOBODY, Stir, Stirred, is_stirred, stir, take_stirred


def taken(core: Core) -> list[Stir]:
    """Take all there is."""
    return core.database.transact(lambda: take_stirred(99))


def test_what_moves_again_before_it_was_told_is_one_row(core: Core) -> None:
    for _ in range(2):
        core.database.transact(lambda: stir([(12, 2), (12, 3)], [(12, 2)]))

    assert taken(core) == [Stir(12, "c", 2), Stir(12, "c", 3), Stir(12, "l", 2)]
    with core.database.reading():
        assert not is_stirred()


def test_of_many_readers_some_are_named_and_every_post_is(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claps.store.stirred.STIRRED_NAMED", 2)

    core.database.transact(lambda: stir([(12, 2), (12, 3), (12, 4), (13, 2)], []))

    assert taken(core) == [Stir(12, "c", NOBODY), Stir(12, "c", 2), Stir(12, "c", 3), Stir(13, "c", NOBODY)]


def test_two_who_take_at_once_do_not_take_the_same(core: Core) -> None:
    core.database.transact(lambda: stir([(12, reader_id) for reader_id in range(1, 9)], []))

    both = [gevent.spawn(lambda: core.database.transact(lambda: take_stirred(4))) for _ in range(2)]
    gevent.joinall(both, timeout=20, raise_error=True)

    found = [row for greenlet in both for row in greenlet.value]
    assert len(found) == len(set(found)) > 0
    with core.database.reading():
        assert Stirred.select().count() == 8 - len(found)
