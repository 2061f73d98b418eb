"""The options of ``claps plan``."""

from __future__ import annotations

from typing import Any

import pytest

from claps.plain.errors import Invalid
from claps.planning.asking import load_of
from claps.planning.loads import Load

GIVEN = {
    "readers": 18_000, "posts": 10, "hot_claps": 50.0, "socket_claps": 0.0, "long_poll": 10.0, "tables": 0,
    "subscribers_per_table": 100, "busy_hours": 8.0, "files_per_worker": 20_000,
}


def ask(**numbers: Any) -> Load:
    """A load with some options given."""
    return load_of({**GIVEN, "hot": None, "ack": None, **numbers}, ack="replica", flush_seconds=2.0)


def test_what_is_left_open_is_what_is_usual() -> None:
    load = ask()

    assert (load.hot, load.claps_per_second, load.page_views_per_second) == (1_800, 180, 100)
    assert (load.ack, load.flush_seconds, load.watched_tables) == ("replica", 2.0, 0)


def test_what_is_given_counts() -> None:
    load = ask(hot=0, ack="memory", page_views_per_second=0.0, tables=600, long_poll=25.0)

    assert (load.hot, load.ack, load.page_views_per_second, load.comments_per_second) == (0, "memory", 0, 0)
    assert (load.watched_tables, load.changes_per_second, load.long_poll) == (600, 10, 0.25)


def test_more_readers_of_one_post_than_there_are_is_refused() -> None:
    with pytest.raises(Invalid, match="18,001 cannot read one post"):
        ask(hot=18_001)
