"""How long a post takes to read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from claps.plain.people import Person
from claps.plain.posts import Post
from claps.plain.tallies import Tally
from claps.plain.versions import Version

ADA = Person(1, "ada", "Ada Marsh")


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (80, 1), (230, 1), (460, 2), (1_400, 6)])
def test_reading_takes_a_minute_for_230_words_and_never_none(words: int, minutes: int) -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)

    post = Post(12, "On bells", "on-bells", "", "", ADA, now, words, stored=Tally(12, Version("0", 0)))

    assert post.reading_minutes == minutes
