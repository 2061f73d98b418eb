"""Clapping, and taking it back."""

from __future__ import annotations

import pytest
from gevent.event import AsyncResult

from claps.acts.claps import clap, clap_soon, take_back
from claps.app import Core
from claps.plain.errors import ClapsError, Invalid, Refused
from claps.plain.people import Person, Reader
from claps.plain.posts import Post
from claps.plain.tallies import Clapped
from tests.parts.inside import GUEST, ON_SQLITE

pytestmark = ON_SQLITE


def test_a_reader_claps(core: Core, article: Post, ben: Person) -> None:
    clapped = clap(core.ledger, Reader(ben.id), article, times=8)

    assert (clapped.given, clapped.yours, clapped.tally.claps) == (8, 8, 8)


def test_a_guest_claps_without_an_account(core: Core, article: Post) -> None:
    assert clap(core.ledger, GUEST, article, times=50).yours == 50


def test_a_writer_does_not_clap_for_their_own(core: Core, article: Post, ada: Person) -> None:
    with pytest.raises(Refused, match="You wrote this"):
        clap(core.ledger, Reader(ada.id), article, times=1)


@pytest.mark.parametrize("times", [0, -1, 51])
def test_claps_out_of_bounds_are_refused_and_not_cut(core: Core, article: Post, ben: Person, times: int) -> None:
    with pytest.raises(Invalid, match="from 1 to 50") as error:
        clap(core.ledger, Reader(ben.id), article, times=times)

    assert error.value.field == "claps"


def test_taking_back_takes_what_this_reader_gave(core: Core, article: Post, ben: Person) -> None:
    clap(core.ledger, GUEST, article, times=3)
    clap(core.ledger, Reader(ben.id), article, times=8)

    undone = take_back(core.ledger, Reader(ben.id), article)

    assert (undone.given, undone.yours, undone.tally.claps) == (-8, 0, 3)


def test_a_clap_that_nobody_waits_for_is_answered(core: Core, article: Post, ben: Person) -> None:
    answer: AsyncResult[Clapped | ClapsError] = AsyncResult()

    clap_soon(core.ledger, Reader(ben.id), article, times=2, answer=answer.set)

    told = answer.get(timeout=5)
    assert isinstance(told, Clapped)
    assert told.yours == 2
