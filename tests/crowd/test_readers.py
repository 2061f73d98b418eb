"""What readers make of what they are told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from claps.crowd.connections import Loop
from claps.crowd.readers import Audience, find_claps
from claps.crowd.targets import find_target
from claps.live.framing import PING_FRAME, close_frame, text_frame

ELEVEN = '<hx-partial id="claps-12">1,011</hx-partial><hx-partial id="people-12">from 12 people</hx-partial>'
TWELVE = '<hx-partial id="claps-12">1,012</hx-partial>'


@pytest.fixture
def audience() -> Iterator[Audience]:
    loop = Loop(find_target("http://127.0.0.1:1", anywhere=False))
    yield Audience(loop)
    loop.close()


def test_a_count_is_read_as_the_page_shows_it() -> None:
    assert find_claps((ELEVEN + TWELVE).encode()) == [1011, 1012]
    assert find_claps(b'<hx-partial id="people-12">from 12 people</hx-partial>') == []


def test_the_newest_of_several_counts_stands(audience: Audience) -> None:
    claps, counts, *_ = audience.hear(text_frame(ELEVEN) + text_frame(TWELVE))

    assert (claps, counts) == (1012, 2)


def test_pings_closes_and_halves_are_noticed(audience: Audience) -> None:
    half = text_frame(TWELVE)[:20]

    claps, _, pings, closes, rest = audience.hear(PING_FRAME + close_frame(1012) + half)

    assert (claps, pings, closes, rest) == (None, (b"",), True, half)
